#!/usr/bin/env bash
# Installs the Debian packages that Framewright needs: a browser with frame control, fonts, and FFmpeg's programs as
# independent judges. Asks for nothing, and does nothing where all are there.
set -euo pipefail

packages=(
    chromium-headless-shell ffmpeg fontconfig python3-venv ca-certificates
    fonts-croscore fonts-inter fonts-ebgaramond fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
)

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "This is no Debian machine. Install these by hand: ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [[ $EUID -ne 0 ]]; then as_root=(sudo); fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt=("${as_root[@]}" timeout 900 apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
"${apt[@]}" update </dev/null
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >/dev/null
