// Written by `python -m pytron.typegen.services` from python/pytron/services: change those instead.
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program

/**
 * What the desktop offers to pages, by permission: `pytron.services.dialogs.open_file()`.
 *
 * Its types are the same as in Python: `import type { services } from "pytron-client"`, then
 * `services.Item`.
 */
export declare namespace services {
  export interface Functions {
    badge: {
      /** Show a number on the icon, such as that of unread messages; null or 0 takes it away. */
      count(number: number | null): Promise<void>;
      /** Show how far something is, from 0 to 1; null takes it away. */
      progress(share: number | null): Promise<void>;
    };
    /** Whether something works on this machine now, and why not: `can("tray.click")`. */
    can(feature: string): Promise<Capability>;
    clipboard: {
      /** Empty it. */
      clear(): Promise<void>;
      /** What it holds now: any of `text`, `html`, `image`, `files`. */
      formats(): Promise<("text" | "html" | "image" | "files")[]>;
      /** The files that were copied; none when there are none. */
      read_files(): Promise<FilePath[]>;
      /** The text with its form, as HTML. */
      read_html(): Promise<string | null>;
      /** The picture, as a PNG. */
      read_image(): Promise<ArrayBuffer | null>;
      /** The text. */
      read_text(): Promise<string | null>;
      /**
       * Tell of changes, by the event `clipboard.changed`, or no longer.
       *
       * @param on - Default: `true`.
       */
      watch(on?: boolean): Promise<void>;
      /** Put files there, to be pasted in a file manager. */
      write_files(paths: readonly FilePath[]): Promise<void>;
      /** Put HTML there, and the same as plain text for programs that take only that. */
      write_html(html: string, text?: string | null): Promise<void>;
      /** Put a picture there, given as a PNG. */
      write_image(png: ArrayBuffer | ArrayBufferView): Promise<void>;
      /** Put text there. */
      write_text(text: string): Promise<void>;
    };
    dialogs: {
      /** Ask a question that is answered by yes or no; dismissed, no. */
      confirm(text: string, options?: DialogsConfirmOptions): Promise<boolean>;
      /**
       * Show a message with buttons of your own; the label that was chosen, or null.
       *
       * @param text - what it says.
       */
      message(text: string, options?: DialogsMessageOptions): Promise<string | null>;
      /** Choose a file that is there. */
      open_file(options?: DialogsOpenFileOptions): Promise<FilePath | null>;
      /** Choose any number of files that are there; dismissed, none. */
      open_files(options?: DialogsOpenFilesOptions): Promise<FilePath[]>;
      /** Choose a folder. */
      open_folder(options?: DialogsOpenFolderOptions): Promise<FilePath | null>;
      /**
       * Ask for a line of text; dismissed, null.
       *
       * @param text - what it asks.
       */
      prompt(text: string, options?: DialogsPromptOptions): Promise<string | null>;
      /** Choose where a file is to be written. The dialog asks before one is replaced. */
      save_file(options?: DialogsSaveFileOptions): Promise<FilePath | null>;
    };
    downloads: {
      /** End it; what was written is removed. */
      cancel(key: number): Promise<void>;
      /**
       * Save what an address of the app's own gives, as if the page had downloaded it; its key.
       *
       * `name` is proposed where the answer itself names no file.
       */
      save(url: string, options?: DownloadsSaveOptions): Promise<number>;
    };
    links: {
      /** Addresses and paths that this start was given on its command line. */
      opened(): Promise<string[]>;
    };
    menus: {
      /** Show a context menu, at a place of the page or at the pointer; the id that was chosen. */
      popup(items: readonly Item[], options?: MenusPopupOptions): Promise<string | null>;
      /**
       * Show these items in the menu bar: of one window, or of all and of those to come.
       *
       * `standard()` gives the usual ones. No items take the menu away.
       */
      set(items: readonly Item[]): Promise<void>;
      /** Change an item where it is shown, in menus and in the tray. */
      update(id: string, options?: MenusUpdateOptions): Promise<void>;
    };
    notifications: {
      /**
       * Show one; its key, for `withdraw` and for events.
       *
       * @param title - its first line.
       * @param body - more, as plain text.
       */
      show(title: string, body?: string, options?: NotificationsShowOptions): Promise<number>;
      /** Take one away. */
      withdraw(key: number): Promise<void>;
    };
    opener: {
      /** Open a file or folder with the program that the user has for it. */
      file(path: FilePath): Promise<void>;
      /** Show a file in the file manager, selected where it can. */
      reveal(path: FilePath): Promise<void>;
      /** Move a file or folder to the trash. */
      trash(path: FilePath): Promise<void>;
      /** Open an address in the user's browser (`https:`, `http:`) or mail or phone program. */
      url(url: string): Promise<void>;
    };
    shortcuts: {
      /**
       * Ask for keys such as `CmdOrCtrl+Shift+K`, under a name of your own.
       *
       * @param id - what `shortcuts.pressed` calls it.
       * @param keys - the keys. Where the user decides, as with the portal of Wayland, a proposal.
       */
      register(id: string, keys: string, options?: ShortcutsRegisterOptions): Promise<void>;
      /** Give them back. */
      unregister(id: string): Promise<void>;
    };
    system: {
      /** The colour that the user likes, as `#rrggbb`; null when none was chosen. */
      accent(): Promise<string | null>;
      /** Seconds since the user's last key or move. */
      idle_s(): Promise<number>;
      /** The user's language as pages name it, such as `de-DE`. */
      locale(): Promise<string>;
      /** Whether there is a way out of this machine; not whether a server answers. */
      online(): Promise<boolean>;
      /** How the machine is powered. */
      power(): Promise<Power>;
      /** The screens, as the window sees them. */
      screens(): Promise<Screen[]>;
      /** Tell of changes from now on; done once the system has been asked to. */
      watch(): Promise<void>;
    };
    tray: {
      /** Take the icon away. */
      hide(): Promise<void>;
      /**
       * Show the icon, or change what is shown.
       *
       * @param icon - a PNG file, best of 32 or 64 pixels.
       */
      show(icon: FilePath, options?: TrayShowOptions): Promise<void>;
    };
    windows: {
      /**
       * Ask the user to look at the window, in the taskbar or dock.
       *
       * @param on - Default: `true`.
       */
      attention(on?: boolean): Promise<void>;
      /** Begin a drag of files out of the window, under the button that the user holds. */
      carry(paths: readonly FilePath[]): Promise<void>;
      /** Let the user, who holds the button, move the window from here. */
      drag(): Promise<void>;
      /** Print the page into a PDF file; done once it is written. */
      pdf(path: FilePath, options?: WindowsPdfOptions): Promise<void>;
      /** Show the print dialog; whether the page was handed to a printer, if the system tells. */
      print(): Promise<boolean | null>;
      /** Let the user, who holds the button, resize the window by this edge. */
      resize(edge: "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw"): Promise<void>;
      /** Maximize the window, or restore it: what a double click on a title bar does. */
      toggle_maximized(): Promise<void>;
    };
  }

  export interface Arguments {
    "badge.count": { number: number | null };
    "badge.progress": { share: number | null };
    can: { feature: string };
    "clipboard.clear": Record<string, never>;
    "clipboard.formats": Record<string, never>;
    "clipboard.read_files": Record<string, never>;
    "clipboard.read_html": Record<string, never>;
    "clipboard.read_image": Record<string, never>;
    "clipboard.read_text": Record<string, never>;
    "clipboard.watch": { on?: boolean };
    "clipboard.write_files": { paths: readonly FilePath[] };
    "clipboard.write_html": { html: string; text?: string | null };
    "clipboard.write_image": { png: ArrayBuffer | ArrayBufferView };
    "clipboard.write_text": { text: string };
    "dialogs.confirm": { text: string; options?: DialogsConfirmOptions };
    "dialogs.message": { text: string; options?: DialogsMessageOptions };
    "dialogs.open_file": { options?: DialogsOpenFileOptions };
    "dialogs.open_files": { options?: DialogsOpenFilesOptions };
    "dialogs.open_folder": { options?: DialogsOpenFolderOptions };
    "dialogs.prompt": { text: string; options?: DialogsPromptOptions };
    "dialogs.save_file": { options?: DialogsSaveFileOptions };
    "downloads.cancel": { key: number };
    "downloads.save": { url: string; options?: DownloadsSaveOptions };
    "links.opened": Record<string, never>;
    "menus.popup": { items: readonly Item[]; options?: MenusPopupOptions };
    "menus.set": { items: readonly Item[] };
    "menus.update": { id: string; options?: MenusUpdateOptions };
    "notifications.show": { title: string; body?: string; options?: NotificationsShowOptions };
    "notifications.withdraw": { key: number };
    "opener.file": { path: FilePath };
    "opener.reveal": { path: FilePath };
    "opener.trash": { path: FilePath };
    "opener.url": { url: string };
    "shortcuts.register": { id: string; keys: string; options?: ShortcutsRegisterOptions };
    "shortcuts.unregister": { id: string };
    "system.accent": Record<string, never>;
    "system.idle_s": Record<string, never>;
    "system.locale": Record<string, never>;
    "system.online": Record<string, never>;
    "system.power": Record<string, never>;
    "system.screens": Record<string, never>;
    "system.watch": Record<string, never>;
    "tray.hide": Record<string, never>;
    "tray.show": { icon: FilePath; options?: TrayShowOptions };
    "windows.attention": { on?: boolean };
    "windows.carry": { paths: readonly FilePath[] };
    "windows.drag": Record<string, never>;
    "windows.pdf": { path: FilePath; options?: WindowsPdfOptions };
    "windows.print": Record<string, never>;
    "windows.resize": { edge: "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw" };
    "windows.toggle_maximized": Record<string, never>;
  }

  export interface Events {
    /** Something else was copied. What it is, `formats` and the rest tell. */
    "clipboard.changed": ClipboardChange;
    /** It has ended without a file. */
    "download.failed": DownloadFailed;
    /** It is there. */
    "download.finished": DownloadFinished;
    /** So many bytes of it are there. */
    "download.progress": DownloadProgress;
    /** A page wants to download something. */
    "download.started": DownloadStarted;
    /** Files were dropped on the page. */
    "files.dropped": FilesDropped;
    /** Files are dragged over the page. */
    "files.over": FilesOver;
    /** The app was started once more. */
    "instance.started": InstanceStarted;
    /** The system wants these opened. */
    "links.opened": LinksOpened;
    /** An item was chosen, in a menu or in the tray's. */
    "menu.click": MenuClick;
    /** The user pressed one. */
    "notifications.click": NotificationClick;
    /** One has gone without a click. */
    "notifications.closed": NotificationClosed;
    /** Keys were pressed; `id` is what they were registered under. */
    "shortcuts.pressed": ShortcutPress;
    /** The user likes another colour; null: none any more. */
    "system.accent": AccentChange;
    /** No data. */
    "system.lock": Nothing;
    /** The way out of this machine has come or gone. */
    "system.network": NetworkChange;
    /** How the machine is powered. */
    "system.power": Power;
    /** No data. */
    "system.resume": Nothing;
    /** No data. */
    "system.suspend": Nothing;
    /** No data. */
    "system.unlock": Nothing;
    /** The icon was pressed. */
    "tray.click": TrayClick;
  }

  /** A path of a file or folder on the machine that Python runs on. */
  export type FilePath = string;

  /** The user likes another colour; null: none any more. */
  export interface AccentChange {
    colour: string | null;
  }

  /** A button of a notification: `Action("reply", "Reply")`. */
  export interface Action {
    /** what the event calls it. */
    id: string;
    /** what the user sees. */
    label: string;
  }

  /** Whether something works on this machine now. */
  export interface Capability {
    /** whether it does. */
    possible: boolean;
    /** who does it, or why it does not work. */
    reason: string;
  }

  /** Something else was copied. What it is, `formats` and the rest tell. */
  export type ClipboardChange = Record<string, never>;

  /** Ask a question that is answered by yes or no; dismissed, no. */
  export interface DialogsConfirmOptions {
    detail?: string;
    title?: string | null;
    yes?: string;
    no?: string;
  }

  /** Show a message with buttons of your own; the label that was chosen, or null. */
  export interface DialogsMessageOptions {
    /** more, below it. */
    detail?: string;
    /** of the dialog. */
    title?: string | null;
    /** `info`, `warning`, `error` or `question`: its icon. */
    level?: "info" | "warning" | "error" | "question";
    /** labels; the first one is what Enter chooses. */
    buttons?: string[];
  }

  /** Choose a file that is there. */
  export interface DialogsOpenFileOptions {
    /** of the dialog. */
    title?: string | null;
    /** kinds of files to choose from; the first one is set. */
    filters?: Filter[];
    /** where it starts. */
    folder?: FilePath | null;
  }

  /** Choose any number of files that are there; dismissed, none. */
  export interface DialogsOpenFilesOptions {
    title?: string | null;
    filters?: Filter[];
    folder?: FilePath | null;
  }

  /** Choose a folder. */
  export interface DialogsOpenFolderOptions {
    title?: string | null;
    folder?: FilePath | null;
  }

  /** Ask for a line of text; dismissed, null. */
  export interface DialogsPromptOptions {
    /** what stands there at first. */
    value?: string;
    /** of the dialog. */
    title?: string | null;
    /** hide what is typed, as for a password. */
    secret?: boolean;
    /** the label of the button that takes it. */
    yes?: string;
    /** the label of the other one. */
    no?: string;
  }

  /** Choose where a file is to be written. The dialog asks before one is replaced. */
  export interface DialogsSaveFileOptions {
    /** proposed for the file. */
    name?: string | null;
    /** of the dialog. */
    title?: string | null;
    /** kinds of files to choose from. */
    filters?: Filter[];
    /** where it starts. */
    folder?: FilePath | null;
  }

  /** It has ended without a file. */
  export interface DownloadFailed {
    key: number;
    error: string;
  }

  /** It is there. */
  export interface DownloadFinished {
    key: number;
    path: FilePath;
  }

  /** So many bytes of it are there. */
  export interface DownloadProgress {
    key: number;
    received: number;
    size: number | null;
  }

  /** A page wants to download something. */
  export interface DownloadStarted {
    /** names the download from now on. */
    key: number;
    /** what it comes from. */
    url: string | null;
    /** the name that is proposed for it. */
    file: string;
    /** in bytes; null when the server does not say. */
    size: number | null;
    /** the number of the page's window. */
    window: number | null;
  }

  /**
   * Save what an address of the app's own gives, as if the page had downloaded it; its key.
   *
   * `name` is proposed where the answer itself names no file.
   */
  export interface DownloadsSaveOptions {
    name?: string;
  }

  /** A file or folder that was dropped. */
  export interface DroppedFile {
    /** where it is. */
    path: FilePath;
    /** the last part of that. */
    name: string;
    /** in bytes; null when it cannot be told. */
    size: number | null;
    /** whether it is one. */
    folder: boolean;
  }

  /** Files were dropped on the page. */
  export interface FilesDropped {
    /** where in the page. */
    x: number;
    /** the same downwards. */
    y: number;
    /** the `id` of the element there, or of the nearest around it that has one. */
    element: string | null;
    /** what was dropped. */
    files: DroppedFile[];
  }

  /** Files are dragged over the page. */
  export interface FilesOver {
    /** where in the page. */
    x: number;
    /** the same downwards. */
    y: number;
    /** False: they have left it. */
    inside: boolean;
  }

  /** A kind of files that a dialog offers: `Filter("Pictures", ["png", "jpg"])`. */
  export interface Filter {
    /** shown to the user. */
    name: string;
    /** without the dot; `*` for all files. */
    extensions: string[];
  }

  /** The app was started once more. */
  export interface InstanceStarted {
    /** that start's command line. */
    args: string[];
    /** its working folder. */
    folder: string;
  }

  /**
   * One item of a menu: `Item("Open…", "open", keys="CmdOrCtrl+O")`.
   *
   * As Python accepts it.
   */
  export interface Item {
    /** what it is called. */
    label?: string;
    /** what `menu.click` calls it; unique in the app. */
    id?: string;
    /** found from the rest where it is not given. Neighbouring `radio` items are a group. */
    kind?: "item" | "check" | "radio" | "line" | "menu" | "role" | null;
    /** what it is done by, such as `CmdOrCtrl+Shift+S`. */
    keys?: string | null;
    /** whether it can be chosen. Default: `true`. */
    enabled?: boolean;
    /** whether a `check` or `radio` item is on. Default: `false`. */
    checked?: boolean;
    /** something the system knows how to do: then it needs neither label nor id. */
    role?: "undo" | "redo" | "cut" | "copy" | "paste" | "selectall" | "reload" | "zoomin" | "zoomout" | "zoomreset" | "fullscreen" | "minimize" | "close" | "quit" | "about" | "services" | "hide" | "hideothers" | "showall" | null;
    /** those of a submenu. */
    items?: readonly Item[];
  }

  /** The system wants these opened. */
  export interface LinksOpened {
    /** deep links. */
    urls: string[];
    /** files that are there. */
    paths: string[];
  }

  /** An item was chosen, in a menu or in the tray's. */
  export interface MenuClick {
    /** the item's. */
    id: string;
    /** whether it is on now, of `check` and `radio` items. */
    checked: boolean | null;
    /** the label of the window that had the keyboard; null in the tray. */
    window: string | null;
  }

  /** Show a context menu, at a place of the page or at the pointer; the id that was chosen. */
  export interface MenusPopupOptions {
    x?: number | null;
    y?: number | null;
  }

  /** Change an item where it is shown, in menus and in the tray. */
  export interface MenusUpdateOptions {
    label?: string | null;
    enabled?: boolean | null;
    checked?: boolean | null;
  }

  /** The way out of this machine has come or gone. */
  export interface NetworkChange {
    online: boolean;
  }

  /** No data. */
  export type Nothing = Record<string, never>;

  /** The user pressed one. */
  export interface NotificationClick {
    /** which one. */
    key: number;
    /** the id of its button; null for the notification itself. */
    action: string | null;
    /** where it leads, if it does. */
    url: string | null;
  }

  /** One has gone without a click. */
  export interface NotificationClosed {
    key: number;
  }

  /** Show one; its key, for `withdraw` and for events. */
  export interface NotificationsShowOptions {
    /** its buttons. */
    actions?: Action[];
    /** a picture file. */
    icon?: FilePath | null;
    /** it stays until it is seen, where the desktop agrees. */
    urgent?: boolean;
    /** a path of the app that a click leads to. */
    url?: string | null;
    /** the key of one that is shown, to be changed. */
    replaces?: number | null;
  }

  /** How the machine is powered. */
  export interface Power {
    /** whether it runs on its battery. */
    battery: boolean;
    /** how full that is; null without one. */
    percent: number | null;
  }

  /** A screen, in logical pixels. */
  export interface Screen {
    name: string | null;
    x: number;
    y: number;
    width: number;
    height: number;
    scale: number;
    primary: boolean;
  }

  /** Keys were pressed; `id` is what they were registered under. */
  export interface ShortcutPress {
    id: string;
  }

  /** Ask for keys such as `CmdOrCtrl+Shift+K`, under a name of your own. */
  export interface ShortcutsRegisterOptions {
    /** what the user is told it does, where the system asks. */
    description?: string;
  }

  /** The icon was pressed. */
  export interface TrayClick {
    /** with which one. */
    button?: "left" | "middle";
    /** where on the screen, if the panel says so. */
    x?: number;
    /** the same downwards. */
    y?: number;
  }

  /**
   * Show the icon, or change what is shown.
   *
   * As Python accepts it.
   */
  export interface TrayShowOptions {
    /** what is said when the pointer rests on it; the app's name by default. */
    tooltip?: string | null;
    /** its menu. */
    items?: readonly Item[];
  }

  /** Print the page into a PDF file; done once it is written. */
  export interface WindowsPdfOptions {
    landscape?: boolean;
    width_mm?: number | null;
    height_mm?: number | null;
    margin_mm?: number | null;
  }
}
