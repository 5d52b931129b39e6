# Prepares this machine (or CI) for the app: Python packages, what the system lacks, the page.
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot

function Invoke-Checked {
    param([string] $Program, [string[]] $Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with exit code $LASTEXITCODE" }
}

if (Select-String -Quiet -Path pyproject.toml -Pattern '^\[tool\.uv\]') {
    if (-not (Get-Command uv -ErrorAction SilentlyContinue)) {
        throw "uv is missing; run: pipx install uv"
    }
    Invoke-Checked uv @("sync")
} else {
    if (-not (Test-Path .venv/Scripts/python.exe)) {
        $python = @("py", "python", "python3") |
            Where-Object { Get-Command $_ -ErrorAction SilentlyContinue } | Select-Object -First 1
        if (-not $python) { throw "Python 3.10 or newer is missing; get it from python.org" }
        Invoke-Checked $python @("-m", "venv", ".venv")
    }
    Invoke-Checked .venv/Scripts/python.exe @(
        "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt")
}

if ($env:GITHUB_PATH) { Add-Content $env:GITHUB_PATH "$PSScriptRoot/.venv/Scripts" }
Invoke-Checked .venv/Scripts/pytron.exe @("build", "--install")
Invoke-Checked .venv/Scripts/pytron.exe @("doctor", "--fix")
Write-Output "ready: .venv/Scripts/pytron run"
