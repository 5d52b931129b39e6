"""The machine's facts on Windows. Run under Wine by hand, which does not tell of locks."""

from __future__ import annotations

import ctypes
from importlib import import_module
from typing import Any

from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.looking import Facts, Looking

_DWM = r"Software\Microsoft\Windows\DWM"
_UNKNOWN_PERCENT = 255
_NO_BATTERY = 128
_WTS_SESSION_INFO_EX = 25
_FLAGS_AT = 16  # of WTSINFOEXW, behind its level, a gap, the session's number and its state
_LOCKED = 0
_BY_NAME = 0x8  # MUI_LANGUAGE_NAME


class System(Looking):
    """Asks Windows itself."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Facts(power, idle, accent, locked, language))


class _Power(ctypes.Structure):
    """SYSTEM_POWER_STATUS."""

    _fields_ = (
        ("line", ctypes.c_ubyte),
        ("battery", ctypes.c_ubyte),
        ("percent", ctypes.c_ubyte),
        ("saver", ctypes.c_ubyte),
        ("left_s", ctypes.c_uint32),
        ("full_s", ctypes.c_uint32),
    )


class _Input(ctypes.Structure):
    """LASTINPUTINFO."""

    _fields_ = (("size", ctypes.c_uint32), ("at_ms", ctypes.c_uint32))


def _library(name: str) -> Any:
    return getattr(ctypes, "WinDLL")(name, use_last_error=True)  # noqa: B009 - only Windows has it


def _failed(what: str) -> CallError:
    return CallError(f"Windows does not tell {what}", code="unsupported")


def power() -> dict[str, Any]:
    """From the power manager."""
    status = _Power()
    if not _library("kernel32").GetSystemPowerStatus(ctypes.byref(status)):
        raise _failed("how it is powered")
    return power_of(status.line, status.battery, status.percent)


def power_of(line: int, battery: int, percent: int) -> dict[str, Any]:
    """What the bytes of SYSTEM_POWER_STATUS say."""
    there = not battery & _NO_BATTERY or battery == _UNKNOWN_PERCENT
    known = there and percent != _UNKNOWN_PERCENT
    return {"battery": there and line == 0, "percent": float(percent) if known else None}


def idle() -> float:
    """Since the last key or move in this session."""
    last = _Input(ctypes.sizeof(_Input))
    if not _library("user32").GetLastInputInfo(ctypes.byref(last)):
        raise _failed("when the user was here last")
    now: int = _library("kernel32").GetTickCount()
    return ((now - last.at_ms) & 0xFFFFFFFF) / 1000  # the count begins anew after 50 days


def accent() -> str | None:
    """The colour of the desktop's window manager."""
    registry: Any = import_module("winreg")
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, _DWM) as key:
            value: int = registry.QueryValueEx(key, "AccentColor")[0]
    except OSError:
        return None
    return colour_of(value)


def colour_of(value: int) -> str:
    """Alpha, blue, green, red, as Windows writes them."""
    return "#" + "".join(f"{value >> shift & 0xFF:02x}" for shift in (0, 8, 16))


def locked() -> bool:
    """Whether this session is locked."""
    sessions = _library("wtsapi32")
    data, size = ctypes.c_void_p(), ctypes.c_uint32()
    here, own = ctypes.c_void_p(), ctypes.c_uint32(0xFFFFFFFF)
    asked = (here, own, _WTS_SESSION_INFO_EX, ctypes.byref(data), ctypes.byref(size))
    if not sessions.WTSQuerySessionInformationW(*asked) or not data.value:
        raise _failed("whether it is locked")
    try:
        if size.value < _FLAGS_AT + 4:
            raise _failed("whether it is locked")
        return ctypes.c_int32.from_address(data.value + _FLAGS_AT).value == _LOCKED
    finally:
        sessions.WTSFreeMemory(data)


def language() -> str:
    """The first of the languages that the user wants programs in."""
    count, size = ctypes.c_uint32(), ctypes.c_uint32()
    ask = _library("kernel32").GetUserPreferredUILanguages
    if not ask(_BY_NAME, ctypes.byref(count), None, ctypes.byref(size)):
        raise _failed("the user's language")
    names = ctypes.create_unicode_buffer(size.value)
    if not ask(_BY_NAME, ctypes.byref(count), names, ctypes.byref(size)):
        raise _failed("the user's language")
    return names.value or "en"  # up to the first zero: each name ends with one
