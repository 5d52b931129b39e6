//! What this machine's graphics are known to do to WebKitGTK, and what is set against it before
//! GTK and WebKit look at the environment.
//!
//! Sources: bugs.webkit.org 261874 and 259320 (DMABUF), 280210 and tauri-apps/tauri#10702 (NVIDIA's
//! explicit sync under Wayland), clash-verge-rev/clash-verge-rev#7791 (virtual machines).

use std::fs;
use std::path::Path;

pub const DMABUF_OFF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
const EXPLICIT_SYNC_OFF: &str = "__NV_DISABLE_EXPLICIT_SYNC";

/// PCI vendors of the graphics of virtual machines.
const VIRTUAL: [&str; 6] = ["0x15ad", "0x80ee", "0x1af4", "0x1b36", "0x1234", "0x1414"];
/// Drivers of such graphics that are on no PCI bus.
const VIRTUAL_DRIVERS: [&str; 2] = ["hyperv_drm", "vboxvideo"];

/// What there is to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graphics {
    nvidia: bool,
    machine: bool,
    /// Whether this user may draw with a graphics card.
    card: Card,
    wayland: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Card {
    None,
    Closed,
    Open,
}

impl Graphics {
    /// Looks below `root`, which is `/` but in tests.
    pub fn look(root: &Path, wayland: bool) -> Self {
        Self {
            nvidia: root.join("proc/driver/nvidia/version").exists(),
            machine: is_virtual(root),
            card: card(root),
            wayland,
        }
    }

    /// Why WebKit's DMABUF renderer would not serve here; `None` when nothing is known.
    pub fn hazard(&self) -> Option<&'static str> {
        if self.nvidia {
            // Its buffers cannot be made under X11, and under Wayland the compositor may end us.
            return Some("nvidia");
        }
        if self.machine {
            // Buffers are promised and cannot be shown.
            return Some("virtual-machine");
        }
        match self.card {
            // It costs 70 ms of start for nothing.
            Card::None => Some("no-gpu"),
            Card::Closed => Some("no-access"),
            Card::Open => None,
        }
    }

    /// Variables to be set, unless the user has set them.
    pub fn remedies(&self) -> Vec<(&'static str, &'static str)> {
        let mut found = Vec::new();
        if self.hazard().is_some() {
            found.push((DMABUF_OFF, "1"));
        }
        if self.nvidia && self.wayland {
            found.push((EXPLICIT_SYNC_OFF, "1"));
        }
        found
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

fn is_virtual(root: &Path) -> bool {
    let cards = root.join("sys/class/drm");
    names(&cards).iter().any(|name| {
        let device = cards.join(name).join("device");
        let vendor = fs::read_to_string(device.join("vendor")).unwrap_or_default();
        let driver = fs::read_link(device.join("driver")).unwrap_or_default();
        let driver = driver
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("");
        VIRTUAL.contains(&vendor.trim()) || VIRTUAL_DRIVERS.contains(&driver)
    })
}

fn card(root: &Path) -> Card {
    let folder = root.join("dev/dri");
    let nodes: Vec<String> = names(&folder)
        .into_iter()
        .filter(|name| name.starts_with("renderD"))
        .collect();
    if nodes.is_empty() {
        return Card::None;
    }
    let may_open = |name: &String| {
        fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join(name))
            .is_ok()
    };
    if nodes.iter().any(may_open) {
        Card::Open
    } else {
        Card::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A file system as it stands on some machine; gone with the test.
    struct Machine(PathBuf);

    impl Machine {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("pytron-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self(root)
        }

        fn remedies(&self, wayland: bool) -> (Option<&'static str>, Vec<&'static str>) {
            let graphics = Graphics::look(&self.0, wayland);
            let names = graphics
                .remedies()
                .into_iter()
                .map(|(name, _)| name)
                .collect();
            (graphics.hazard(), names)
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const NODE: (&str, &str) = ("dev/dri/renderD128", "");

    #[test]
    fn a_card_that_serves_is_left_alone() {
        let machine = Machine::new(
            "amd",
            &[NODE, ("sys/class/drm/card0/device/vendor", "0x1002\n")],
        );
        assert_eq!(machine.remedies(true), (None, vec![]));
    }

    #[test]
    fn nvidia_s_own_driver_is_met_in_both_window_systems() {
        let machine = Machine::new("nvidia", &[NODE, ("proc/driver/nvidia/version", "550")]);
        assert_eq!(machine.remedies(false), (Some("nvidia"), vec![DMABUF_OFF]));
        let both = vec![DMABUF_OFF, EXPLICIT_SYNC_OFF];
        assert_eq!(machine.remedies(true), (Some("nvidia"), both));
    }

    #[test]
    fn virtual_machines_are_known_by_their_cards() {
        let vendor = ("sys/class/drm/card0/device/vendor", "0x15ad\n");
        let machine = Machine::new("vmware", &[NODE, vendor]);
        let expected = (Some("virtual-machine"), vec![DMABUF_OFF]);
        assert_eq!(machine.remedies(true), expected);
        let machine = Machine::new("hyperv", &[NODE, ("sys/class/drm/card0/device/x", "")]);
        let driver = machine.0.join("sys/class/drm/card0/device/driver");
        std::os::unix::fs::symlink("../../bus/vmbus/drivers/hyperv_drm", driver).unwrap();
        assert_eq!(machine.remedies(true), expected);
    }

    #[test]
    fn without_a_card_nothing_is_tried_with_it() {
        let machine = Machine::new("none", &[("dev/dri/card0", "")]);
        assert_eq!(machine.remedies(false), (Some("no-gpu"), vec![DMABUF_OFF]));
        // A folder cannot be opened for writing, by root neither.
        let machine = Machine::new("closed", &[("dev/dri/renderD128/x", "")]);
        let expected = (Some("no-access"), vec![DMABUF_OFF]);
        assert_eq!(machine.remedies(false), expected);
    }
}
