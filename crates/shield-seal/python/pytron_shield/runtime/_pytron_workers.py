"""Child processes of a sealed app: what `multiprocessing` starts is handed over, not spelled out.

On a command line anyone can write `-c`. What a child is to run stands in a descriptor that only its
parent can fill, with a tag that only a process with this payload open can make (spec/shield.md,
section 6).
"""

import marshal
import os
import sys

import _pytron_shield as shield

#: The process that started this one, as its order names it.
PARENT = {"pid": None}


def order_of(words):
    """What a command of `multiprocessing` asks for; None for any other command."""
    if "--multiprocessing-fork" in words:
        pairs = words[words.index("--multiprocessing-fork") + 1 :]
        return "spawn", {name: int(value) for name, value in (pair.split("=") for pair in pairs)}
    if "-c" in words:  # the resource tracker and the fork server
        at = words.index("-c") + 1
        return "code", words[at : at + 1], words[at + 1 :]
    return None


def patch(module):
    """Change how one module of `multiprocessing` starts this program."""
    if sys.platform == "win32":
        patch_windows(module)
    else:
        patch_posix(module)


def patch_posix(module):
    """`multiprocessing.util`: the descriptor is inherited."""
    start = module.spawnv_passfds

    def spawnv_passfds(path, args, passfds):
        words = [os.fsdecode(word) for word in args]
        order = order_of(words) if os.fsdecode(path) == sys.executable else None
        if order is None:
            return start(path, args, passfds)
        word = shield.hand(marshal.dumps(order))
        try:
            return start(path, [words[0], "--pytron-worker", word], [*passfds, int(word)])
        finally:
            os.close(int(word))

    module.spawnv_passfds = spawnv_passfds


def patch_windows(module):
    """`multiprocessing.spawn`: the child asks for it over a pipe that only our process serves.

    Nobody may open this process, its own children included. What these need of it, the right to
    take handles that are meant for them, they are given as a handle when they start.
    """
    import _winapi

    opened, created = _winapi.OpenProcess, _winapi.CreateProcess
    current, duplicate = _winapi.GetCurrentProcess, _winapi.DuplicateHandle
    rights = _winapi.SYNCHRONIZE | _winapi.PROCESS_DUP_HANDLE

    def get_command_line(**named):
        word = shield.hand(marshal.dumps(("spawn", named)))
        return [sys.executable, "--pytron-worker", word]

    def open_process(access, inherit, process):
        known = {os.getpid(): current(), PARENT.get("pid"): shield.starter()}.get(process)
        if known and not access & ~rights:
            return duplicate(current(), known, current(), access, inherit, 0)
        return opened(access, inherit, process)

    def create_process(program, command, *others):
        child = created(program, command, *others)
        _, worker, word = (command or "").rpartition("--pytron-worker")
        if worker:
            own = duplicate(current(), current(), child[0], rights, False, 0)
            shield.share(word.strip(' "'), int(own))
        return child

    module.get_command_line = get_command_line
    _winapi.OpenProcess, _winapi.CreateProcess = open_process, create_process


def obey(order):
    """Run what a parent has ordered."""
    kind, *facts = order
    if kind == "spawn":
        from multiprocessing.spawn import spawn_main

        PARENT["pid"] = facts[0].get("parent_pid")
        sys.argv[1:] = ["--multiprocessing-fork"]  # it asks for that
        spawn_main(**facts[0])
    else:
        (command,), words = facts
        sys.argv[:] = ["-c", *words]
        exec(command, {"__name__": "__main__"})
