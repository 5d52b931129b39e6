//! A dialog with a line to type into, from a template in memory.

use windows::Win32::Foundation::{HWND, LPARAM, WPARAM};
use windows::Win32::UI::Controls::EM_SETSEL;
use windows::Win32::UI::Input::KeyboardAndMouse::SetFocus;
use windows::Win32::UI::WindowsAndMessaging::{
    BS_DEFPUSHBUTTON, DLGTEMPLATE, DS_CENTER, DS_MODALFRAME, DS_SETFONT, DialogBoxIndirectParamW,
    ES_AUTOHSCROLL, ES_PASSWORD, EndDialog, GWLP_USERDATA, GetDlgItem, GetWindowLongPtrW,
    GetWindowTextLengthW, GetWindowTextW, IDCANCEL, IDOK, SendMessageW, SetDlgItemTextW,
    SetWindowLongPtrW, WM_COMMAND, WM_INITDIALOG, WS_BORDER, WS_CAPTION, WS_CHILD, WS_POPUP,
    WS_SYSMENU, WS_TABSTOP, WS_VISIBLE,
};
use windows::core::HSTRING;

use crate::dialog::Message;

const EDIT: u16 = 10;
const BUTTON_CLASS: u16 = 0x80;
const EDIT_CLASS: u16 = 0x81;
const STATIC_CLASS: u16 = 0x82;

struct Asked<'a> {
    message: &'a Message,
    typed: Option<String>,
}

/// Asks, and gives what was typed; none when it was dismissed. Waits: never on the main thread.
pub fn show(owner: isize, message: &Message) -> Result<Option<String>, String> {
    let template = template(message);
    let mut asked = Asked {
        message,
        typed: None,
    };
    let given = LPARAM(&raw mut asked as isize);
    let owner = (owner != 0).then_some(HWND(owner as *mut _));
    let start = template.as_ptr().cast::<DLGTEMPLATE>();
    // SAFETY: the template is whole and aligned as a `u32`; `asked` outlives the dialog, which is
    // gone when this returns.
    let ended = unsafe { DialogBoxIndirectParamW(None, start, owner, Some(proc), given) };
    if ended < 0 {
        let error = windows::core::Error::from_thread();
        return Err(format!("the question was not shown: {error}"));
    }
    Ok(asked.typed)
}

unsafe extern "system" fn proc(
    dialog: HWND,
    message: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> isize {
    match message {
        WM_INITDIALOG => {
            // SAFETY: `show` gives its `Asked`, which lives as long as the dialog.
            unsafe {
                SetWindowLongPtrW(dialog, GWLP_USERDATA, lparam.0);
                let asked = &*(lparam.0 as *const Asked<'_>);
                let value = HSTRING::from(&asked.message.value);
                let _ = SetDlgItemTextW(dialog, EDIT.into(), &value);
                if let Ok(edit) = GetDlgItem(Some(dialog), EDIT.into()) {
                    SendMessageW(edit, EM_SETSEL, Some(WPARAM(0)), Some(LPARAM(-1)));
                    let _ = SetFocus(Some(edit));
                }
            }
            0 // the focus was set
        }
        WM_COMMAND => {
            let id = (wparam.0 & 0xFFFF) as i32;
            if id == IDOK.0 || id == IDCANCEL.0 {
                // SAFETY: set above; only this thread works with it.
                unsafe {
                    let place = GetWindowLongPtrW(dialog, GWLP_USERDATA) as *mut Asked<'_>;
                    if id == IDOK.0
                        && let Some(asked) = place.as_mut()
                    {
                        asked.typed = Some(typed(dialog));
                    }
                    let _ = EndDialog(dialog, id as isize);
                }
                return 1;
            }
            0
        }
        _ => 0,
    }
}

unsafe fn typed(dialog: HWND) -> String {
    // SAFETY: a living dialog, says the caller.
    unsafe {
        let Ok(edit) = GetDlgItem(Some(dialog), EDIT.into()) else {
            return String::new();
        };
        let mut text = vec![0; usize::try_from(GetWindowTextLengthW(edit)).unwrap_or(0) + 1];
        let length = usize::try_from(GetWindowTextW(edit, &mut text)).unwrap_or(0);
        String::from_utf16_lossy(&text[..length])
    }
}

/// In dialog units: a quarter of a letter's width, an eighth of its height.
fn template(message: &Message) -> Vec<u32> {
    let text = if message.detail.is_empty() {
        message.text.clone()
    } else {
        format!("{}\n\n{}", message.text, message.detail)
    };
    let lines: usize = text.lines().map(|line| 1 + line.chars().count() / 58).sum();
    let high = (lines.clamp(1, 20) * 9) as i16;
    let frame = WS_POPUP | WS_CAPTION | WS_SYSMENU;
    let style = frame.0 | (DS_MODALFRAME | DS_CENTER | DS_SETFONT) as u32;
    let mut made = Words::default();
    made.long(style).long(0).word(4);
    made.place(0, 0, 260, high + 54).word(0).word(0);
    made.text(message.title.as_deref().unwrap_or_default());
    made.word(9).text("Segoe UI");
    let shown = (WS_CHILD | WS_VISIBLE).0;
    made.item(shown, (8, 8, 244, high), u16::MAX, STATIC_CLASS, &text);
    let hidden = if message.secret { ES_PASSWORD } else { 0 };
    let edit = shown | (WS_BORDER | WS_TABSTOP).0 | (ES_AUTOHSCROLL | hidden) as u32;
    made.item(edit, (8, high + 12, 244, 13), EDIT, EDIT_CLASS, "");
    let button = shown | WS_TABSTOP.0;
    let label = |index: usize| message.buttons.get(index).map_or("", String::as_str);
    let yes = button | BS_DEFPUSHBUTTON as u32;
    let (low, ok, cancel) = (high + 32, IDOK.0 as u16, IDCANCEL.0 as u16);
    made.item(yes, (142, low, 52, 14), ok, BUTTON_CLASS, label(0));
    made.item(button, (200, low, 52, 14), cancel, BUTTON_CLASS, label(1));
    made.whole()
}

/// A dialog template, word by word.
///
/// Source: <https://learn.microsoft.com/windows/win32/dlgbox/dlgboxes-in-win32#templates-in-memory>
#[derive(Default)]
struct Words(Vec<u16>);

impl Words {
    fn word(&mut self, word: u16) -> &mut Self {
        self.0.push(word);
        self
    }

    fn long(&mut self, long: u32) -> &mut Self {
        self.word(long as u16).word((long >> 16) as u16)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.0.extend(text.encode_utf16().filter(|unit| *unit != 0));
        self.word(0)
    }

    fn place(&mut self, x: i16, y: i16, width: i16, height: i16) -> &mut Self {
        for size in [x, y, width, height] {
            self.word(size as u16);
        }
        self
    }

    /// Items begin at even words.
    fn item(
        &mut self,
        style: u32,
        (x, y, width, height): (i16, i16, i16, i16),
        id: u16,
        class: u16,
        text: &str,
    ) {
        if self.0.len() % 2 == 1 {
            self.word(0);
        }
        self.long(style).long(0).place(x, y, width, height);
        self.word(id).word(u16::MAX).word(class).text(text).word(0);
    }

    fn whole(mut self) -> Vec<u32> {
        if self.0.len() % 2 == 1 {
            self.word(0);
        }
        let pair = |pair: &[u16]| u32::from(pair[0]) | u32::from(pair[1]) << 16;
        self.0.chunks_exact(2).map(pair).collect()
    }
}
