"""The first Python of a sealed app: its importer, and the way to the app's own first line.

It runs before anything can be imported but what is built in; what it needs of the standard library
it imports when its importer is in place.
"""

import _frozen_importlib as bootstrap
import _frozen_importlib_external as external
import marshal
import sys

import _pytron_shield as shield

ASSET, MODULE, PACKAGE, FILE = range(4)
FILES = "@/"
FACTS = [
    fact.decode("utf-8", "surrogateescape" if sys.platform != "win32" else "surrogatepass")
    for fact in shield.facts()
]
ROOT = FACTS[0]
SEPARATOR = "\\" if sys.platform == "win32" else "/"
PLAN = marshal.loads(shield.read("=/plan"))
EXTENSIONS = PLAN["extensions"]
NAMESPACES = frozenset(PLAN["namespaces"])
#: What is changed in modules of the standard library once they are there, by their names.
AFTER = {}


def inside(path):
    """A path in the package as its entries spell it; None for one elsewhere."""
    path = str(path)
    if path == ROOT:
        return ""
    if not path.startswith(ROOT + SEPARATOR):
        return None
    return path[len(ROOT) + 1 :].replace(SEPARATOR, "/")


def outside(name):
    """A path in the package as the system spells it."""
    return ROOT + SEPARATOR + name.replace("/", SEPARATOR)


class Loader:
    """Makes one sealed module."""

    def __init__(self, name, entry, package):
        self.name = name
        self.path = outside(entry + ("/__init__.pyc" if package else ".pyc"))
        self._entry = entry
        self._package = package

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        bootstrap._call_with_frames_removed(exec, shield.code(self._entry), module.__dict__)
        after = AFTER.get(self.name)
        if after is not None:
            after(module)

    def get_code(self, name):
        return shield.code(self._entry)

    def get_source(self, name):
        return None

    def is_package(self, name):
        return self._package

    def get_filename(self, name):
        return self.path

    def get_data(self, path):
        name = inside(path)
        if name is not None:
            found = shield.find(FILES + name)
            if found is not None and found[0] == ASSET:
                return shield.read(FILES + name)
        with open(path, "rb") as file:
            return file.read()

    def get_resource_reader(self, name):
        if not self._package:
            return None
        from _pytron_resources import Reader

        return Reader(self._entry)


class FolderLoader(Loader):
    """Makes the module of a folder without code of its own: of modules, or of data."""

    def exec_module(self, module):
        pass

    def get_code(self, name):
        return None


class ExtensionLoader(external.ExtensionFileLoader):
    """Loads one library that was checked."""

    def __init__(self, name, entry):
        super().__init__(name, outside(entry[len(FILES) :]))
        self._entry = entry

    def create_module(self, spec):
        shield.prepare(self._entry)
        module = super().create_module(spec)
        shield.loaded(self._entry)
        return module


class Finder:
    """Finds what is sealed, and the libraries beside it; nothing else."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        entry = name.replace(".", "/")
        found = shield.find(entry)
        if found is not None and found[0] in (MODULE, PACKAGE):
            package = found[0] == PACKAGE
            loader = Loader(name, entry, package)
            spec = bootstrap.ModuleSpec(name, loader, origin=loader.path, is_package=package)
            spec.has_location = True
            if package:
                spec.submodule_search_locations.append(outside(entry))
            return spec
        library = EXTENSIONS.get(name)
        if library is not None:
            loader = ExtensionLoader(name, library)
            spec = bootstrap.ModuleSpec(name, loader, origin=loader.path)
            spec.has_location = True
            return spec
        if name in NAMESPACES or shield.entries(FILES + entry + "/"):
            spec = bootstrap.ModuleSpec(name, FolderLoader(name, entry, True), is_package=True)
            spec.submodule_search_locations.append(outside(entry))
            return spec
        return None

    @staticmethod
    def invalidate_caches():
        pass

    @staticmethod
    def find_distributions(*arguments, **words):
        from importlib.metadata import MetadataPathFinder

        return MetadataPathFinder.find_distributions(*arguments, **words)


class FolderFinder:
    """One folder of the package, for those who ask what is in it (`pkgutil`)."""

    def __init__(self, path):
        name = inside(path)
        if name is None:
            raise ImportError("only the package's own folders can be searched", path=path)
        self._prefix = name.replace("/", ".") + "." if name else ""

    def find_spec(self, name, target=None):
        return Finder.find_spec(name)

    def invalidate_caches(self):
        pass

    def iter_modules(self, prefix=""):
        names = {}
        start = self._prefix.replace(".", "/")
        for entry, kind in shield.entries(start):
            if kind in (MODULE, PACKAGE):
                name, _, rest = entry[len(start) :].partition("/")
                if name.isidentifier():
                    names[name] = names.get(name, False) or kind == PACKAGE or bool(rest)
        for full in EXTENSIONS:
            if full.startswith(self._prefix):
                name, _, rest = full[len(self._prefix) :].partition(".")
                names[name] = names.get(name, False) or bool(rest)
        for name in sorted(names):
            yield prefix + name, names[name]


def settle():
    """Make the interpreter one that knows this package and nothing else."""
    sys.meta_path[:] = [
        finder
        for finder in sys.meta_path
        if finder is not external.PathFinder and finder is not bootstrap.FrozenImporter
    ]
    sys.meta_path.append(Finder)
    # What the interpreter itself carries frozen comes last, and only what the package leaves out.
    sys.meta_path.append(bootstrap.FrozenImporter)
    sys.path_hooks[:] = [FolderFinder]
    sys.path_importer_cache.clear()
    sys.path[:] = [ROOT]
    sys.frozen = True
    sys._MEIPASS = ROOT
    sys.prefix = sys.exec_prefix = sys.base_prefix = sys.base_exec_prefix = ROOT
    sys.executable = sys._base_executable = FACTS[1]
    sys.argv[:] = [FACTS[1], *FACTS[2:]]
    sys.orig_argv[:] = sys.argv
    for name, module in list(sys.modules.items()):
        spec = Finder.find_spec(name)
        if spec is not None and spec.loader is not None and name != __name__:
            module.__spec__, module.__loader__ = spec, spec.loader
            module.__file__ = spec.origin
            if spec.submodule_search_locations is not None:
                module.__path__ = spec.submodule_search_locations
    signals()


def signals():
    """What Python does about signals where its configuration is not an isolated one."""
    import _signal

    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    for name in ("SIGPIPE", "SIGXFSZ"):
        number = getattr(_signal, name, None)
        if number is not None:
            _signal.signal(number, _signal.SIG_IGN)


def patch_workers(module):
    """Let `multiprocessing` start children of this program in our way."""
    from _pytron_workers import patch

    patch(module)


PATCHED = "multiprocessing.spawn" if sys.platform == "win32" else "multiprocessing.util"
AFTER[PATCHED] = patch_workers


def main():
    """Run the app, or what a parent has ordered."""
    settle()
    order = shield.order()
    if PLAN["faulthandler"]:
        import faulthandler

        faulthandler.enable(all_threads=True)
    module = sys.modules["__main__"]
    for hook in PLAN["hooks"]:
        exec(shield.code(hook), module.__dict__)
    if order is not None:
        from _pytron_workers import obey

        obey(marshal.loads(order))
        return
    spec = Finder.find_spec(PLAN["main"])
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__package__ = PLAN["main"].rpartition(".")[0]
    try:
        exec(spec.loader.get_code(PLAN["main"]), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever ends an app is shown
        # As an interpreter shows it: from the app's own first line on.
        sys.excepthook(type(error), error, error.__traceback__.tb_next)
        raise SystemExit(130 if isinstance(error, KeyboardInterrupt) else 1) from None


main()
