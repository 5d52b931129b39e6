# Prepares this machine (or CI) for the app: Python packages, what the system lacks, the page.
$ErrorActionPreference = "Stop"
$PSNativeCommandUseErrorActionPreference = $false # exit codes are looked at here
Set-Location -LiteralPath $PSScriptRoot

function Stop-Setup {
    param([string] $Why)
    [Console]::Error.WriteLine("setup.ps1: $Why")
    exit 1
}

function Invoke-Checked {
    param([string] $Program, [string[]] $Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { Stop-Setup "$Program ended with exit code $LASTEXITCODE" }
}

# Windows has programs named python that only open its shop: what counts is what one answers.
function Find-Python {
    foreach ($name in @("py", "python", "python3")) {
        if (-not (Get-Command $name -ErrorAction SilentlyContinue)) { continue }
        & $name -c "import sys; sys.exit(sys.version_info < (3, 10))" | Out-Null
        if ($LASTEXITCODE -eq 0) { return $name }
    }
    Stop-Setup "Python 3.10 or newer is missing; get it from python.org"
}

if (Select-String -Quiet -Path pyproject.toml -Pattern '^\[tool\.uv\]') {
    if (-not (Get-Command uv -ErrorAction SilentlyContinue)) {
        Stop-Setup "uv is missing; run: pipx install uv"
    }
    Invoke-Checked uv @("sync")
} else {
    if (-not (Test-Path .venv/Scripts/python.exe)) {
        $python = Find-Python
        Invoke-Checked $python @("-m", "venv", ".venv")
    }
    $pip = @("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    Invoke-Checked .venv/Scripts/python.exe ($pip + @("-r", "requirements.txt"))
    # pip leaves what has the same version, whatever `pytron update` has put into vendor/.
    Select-String -Path requirements.txt -Pattern '^\./vendor/' |
        ForEach-Object { $_.Line } | Set-Content .venv/vendored.txt
    Invoke-Checked .venv/Scripts/python.exe (
        $pip + @("--force-reinstall", "--no-deps", "-r", ".venv/vendored.txt"))
}

if ($env:GITHUB_PATH) { Add-Content $env:GITHUB_PATH "$PSScriptRoot/.venv/Scripts" }
Invoke-Checked .venv/Scripts/pytron.exe @("build", "--install")
Invoke-Checked .venv/Scripts/pytron.exe @("doctor", "--fix")
Write-Output "ready: .venv/Scripts/pytron run"
