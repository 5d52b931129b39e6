"""Sealed packages of Windows, made here and started under Wine."""
