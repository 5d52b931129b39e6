//! Files that stay on disk: libraries, extension modules, data of other people's packages. Each is
//! compared with the sealed index before it is used; one that was changed ends the process.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use shield_core::Kind;

use crate::failure::Failure;
use crate::file;
use crate::platform::{self, Library};
use crate::vault::Vault;

/// What names of files begin with, so that none is a module's.
const FILES: &str = "@/";
/// The entry that says which of the package's libraries a file loads: tab-separated lines.
const NEEDS: &str = "=/needs";
/// How often code that came from elsewhere is looked for while the app runs.
const LOOK: Duration = Duration::from_secs(1);

fn stranger(place: &Path) -> Failure {
    Failure::refused(format!("{} is not part of this package", place.display()))
}

/// What is known of the files so far.
pub struct Natives {
    vault: &'static Vault,
    needs: HashMap<String, Vec<String>>,
    checked: Mutex<HashMap<String, [u64; 4]>>,
    folders: Mutex<HashMap<PathBuf, [u64; 4]>>,
    looked: Mutex<Option<Instant>>,
}

impl Natives {
    /// Knows what needs what; refuses libraries in the package's folder that are not the package's.
    /// From here on no others are loaded. Never freed: the loader asks as long as the process lives.
    pub fn new(vault: &'static Vault) -> Result<&'static Self, Failure> {
        let text = vault.payload.read(NEEDS)?;
        let text = std::str::from_utf8(&text).unwrap_or("");
        let needs = text
            .lines()
            .filter_map(|line| {
                let mut words = line.split('\t').map(str::to_owned);
                Some((words.next()?, words.collect()))
            })
            .collect();
        let natives: &'static Self = Box::leak(Box::new(Self {
            vault,
            needs,
            checked: Mutex::default(),
            folders: Mutex::default(),
            looked: Mutex::default(),
        }));
        natives.refuse_strangers(&vault.root)?;
        if !vault.seat.options.foreign_libraries {
            platform::guard(Box::new(|name| natives.admit(name)));
        }
        Ok(natives)
    }

    /// A library that lies beside the package's could be loaded in place of the system's.
    fn refuse_strangers(&self, folder: &Path) -> Result<(), Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::refused(format!("{} cannot be read: {error}", folder.display()))
        };
        let stamp = platform::stamp(&std::fs::metadata(folder).map_err(unreadable)?);
        for item in std::fs::read_dir(folder).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let (kind, place) = (item.file_type().map_err(unreadable)?, item.path());
            if kind.is_dir() {
                self.refuse_strangers(&place)?;
            } else if platform::is_library(&item.file_name()) {
                let place = platform::real(&place).map_err(unreadable)?;
                if self.name_of(&place).is_none() {
                    return Err(stranger(&item.path()));
                }
            }
        }
        if let Ok(mut folders) = self.folders.lock() {
            folders.insert(folder.to_owned(), stamp);
        }
        Ok(())
    }

    /// The same for folders into which something was laid since.
    fn refuse_newcomers(&self) -> Result<(), Failure> {
        let known = self.folders.lock().map(|known| known.clone());
        for (folder, stamp) in known.unwrap_or_default() {
            let now = std::fs::metadata(&folder).map(|found| platform::stamp(&found));
            if now.is_ok_and(|now| now != stamp) {
                self.refuse_strangers(&folder)?;
            }
        }
        Ok(())
    }

    /// Decides about a library that somebody in this process wants to load, by the name with which it
    /// is asked for: one of the package's that is as it was, or the system's.
    fn admit(&self, name: &Path) -> Result<(), Failure> {
        self.refuse_newcomers()?;
        if name.components().nth(1).is_none() && !name.is_absolute() {
            return Ok(()); // looked for in the system's folders and in those that were looked at
        }
        let place = std::path::absolute(name).unwrap_or_else(|_| name.to_owned());
        let real = platform::real(&place).unwrap_or_else(|_| place.clone());
        if real.starts_with(&self.vault.root) {
            let entry = self.name_of(&real).ok_or_else(|| stranger(&real))?;
            return self.check(&entry);
        }
        if real.starts_with("/memfd:") || platform::is_the_systems_library(&place) {
            return Ok(());
        }
        Err(Failure::refused(format!(
            "{} was to be loaded into this program and is not part of it",
            place.display()
        )))
    }

    /// The entry of a file on disk, if it has one.
    fn name_of(&self, place: &Path) -> Option<String> {
        let inside = place.strip_prefix(&self.vault.root).ok()?;
        let mut name = String::from(FILES);
        for part in inside.components() {
            match part {
                Component::Normal(part) => {
                    if name.len() > FILES.len() {
                        name.push('/');
                    }
                    name.push_str(part.to_str()?);
                }
                _ => return None,
            }
        }
        let (_, entry) = self.vault.payload.index().find(&name).ok()?;
        (entry.kind == Kind::Native).then_some(name)
    }

    fn place(&self, name: &str) -> PathBuf {
        self.vault
            .root
            .join(name.strip_prefix(FILES).unwrap_or(name))
    }

    /// Compares a file with its entry, unless it is as it was when that was done.
    pub fn check(&self, name: &str) -> Result<(), Failure> {
        let place = self.place(name);
        let missing = |error: std::io::Error| {
            Failure::refused(format!("{} cannot be read: {error}", place.display()))
        };
        let mut opened = File::open(&place).map_err(missing)?;
        let stamp = platform::stamp(&opened.metadata().map_err(missing)?);
        let known = |checked: &HashMap<String, [u64; 4]>| checked.get(name) == Some(&stamp);
        if self.checked.lock().is_ok_and(|checked| known(&checked)) {
            return Ok(());
        }
        let (size, hash) = file::hash(&mut opened).map_err(missing)?;
        self.vault
            .payload
            .check_native(name, size, &hash)
            .map_err(|_| {
                Failure::refused(format!(
                    "the file {} was changed since the package was made",
                    place.display()
                ))
            })?;
        if let Ok(mut checked) = self.checked.lock() {
            checked.insert(name.to_owned(), stamp);
        }
        Ok(())
    }

    /// Checks a file that is about to be opened, if it is one of ours.
    pub fn check_place(&self, place: &Path) -> Result<(), Failure> {
        if place.starts_with(&self.vault.root) {
            let real = platform::real(place).ok();
            if let Some(name) = real.and_then(|real| self.name_of(&real)) {
                return self.check(&name);
            }
        }
        Ok(())
    }

    /// Checks a library and loads what it needs of the package, so that the loader finds that and
    /// nothing else; gives its path.
    pub fn prepare(&self, name: &str) -> Result<PathBuf, Failure> {
        self.refuse_newcomers()?;
        let mut order = Vec::new();
        self.add_needed(name, &mut HashSet::new(), &mut order);
        // All are hashed before the first of them runs: it may start threads that want the cores, as
        // those of linear algebra do.
        for needed in &order {
            self.check(needed)?;
        }
        for needed in order.iter().filter(|needed| **needed != name) {
            self.check(needed)?; // is it the same still?
            Library::open(&self.place(needed), false).map_err(Failure::refused)?;
        }
        self.check(name)?;
        Ok(self.place(name))
    }

    /// Adds what a library needs, then itself.
    fn add_needed<'a>(
        &'a self,
        name: &'a str,
        seen: &mut HashSet<&'a str>,
        order: &mut Vec<&'a str>,
    ) {
        if seen.insert(name) {
            for needed in self.needs.get(name).into_iter().flatten() {
                self.add_needed(needed, seen, order);
            }
            order.push(name);
        }
    }

    /// After libraries were loaded: are they those that were checked, and are they all ours?
    pub fn look(&self) -> Result<(), Failure> {
        let checked = self.checked.lock();
        let names: Vec<String> =
            checked.map_or_else(|_| vec![], |map| map.keys().cloned().collect());
        let mut known = HashSet::new();
        for name in names {
            self.check(&name)?; // a file that was swapped meanwhile has another stamp
            known.insert(self.place(&name));
        }
        if self.vault.seat.options.foreign_libraries {
            return Ok(());
        }
        platform::strangers(&known)
    }

    /// The same, when that was not done for a while.
    pub fn look_again(&self) -> Result<(), Failure> {
        let now = Instant::now();
        if let Ok(mut looked) = self.looked.lock() {
            if looked.is_some_and(|last| now.duration_since(last) < LOOK) {
                return Ok(());
            }
            *looked = Some(now);
        }
        self.look()
    }
}
