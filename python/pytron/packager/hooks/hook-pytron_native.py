"""What PyInstaller cannot see of `pytron_native`: the library that WebKit's process loads."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("pytron_native", includes=["webext/*"])
