# Prepares this machine (or CI) for work on Pytron: finds a Python and hands over to dev.py.
$ErrorActionPreference = "Stop"
$PSNativeCommandUseErrorActionPreference = $false # exit codes are looked at here
Set-Location -LiteralPath $PSScriptRoot
foreach ($name in @("py", "python", "python3")) {
    if (-not (Get-Command $name -ErrorAction SilentlyContinue)) { continue }
    & $name -c "import sys; sys.exit(sys.version_info < (3, 10))"
    if ($LASTEXITCODE -eq 0) {
        & $name dev.py setup @args
        exit $LASTEXITCODE
    }
}
[Console]::Error.WriteLine("setup.ps1: Python 3.10 or newer is missing; get it from python.org")
exit 1
