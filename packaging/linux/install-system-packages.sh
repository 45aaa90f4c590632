#!/bin/sh
# Installs the Debian/Ubuntu packages of system-packages.txt that are missing. Usage: install-system-packages.sh run|test
set -eu
list="$(dirname "$0")/system-packages.txt"
case "${1:-run}" in
  run)  wanted=$(awk '!/^#/ && $2 == "run" {print $1}' "$list") ;;
  test) wanted=$(awk '!/^#/ && NF {print $1}' "$list") ;;
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac
if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is not Debian or Ubuntu: install these packages' counterparts yourself, then run make again:" >&2
  echo "$wanted" | tr '\n' ' ' >&2; echo >&2
  exit 0
fi
missing=""
for package in $wanted; do
  # A package may be provided under another name (libglib2.0-0 is libglib2.0-0t64 on newer releases).
  dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
echo "Installing system packages:$missing"
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "These packages are missing and sudo is not here. As root: apt-get install$missing" >&2
    exit 2
  fi
  as_root="sudo"
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
