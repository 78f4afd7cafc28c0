#!/bin/sh
# Installs what the bench compares Hutch with: sandboxes from Debian where this is root, libraries from npm in a folder.
#   sh install-peers.sh [DIR]      (default: ~/.cache/hutch-bench; name another one to the bench with --peers DIR)
# nsjail, minijail0 and isolate are in no package of Debian: the bench uses them when they are in PATH.
set -eu
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/hutch-bench}

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  apt-get install -y --no-install-recommends \
    bubblewrap crun runc firejail systemd-container gcc libc6-dev linux-libc-dev socat ripgrep
else
  echo "Not root, or no apt-get: only the libraries are installed"
fi

mkdir -p "$folder"
cd "$folder"
if [ ! -e package.json ]; then echo '{ "name": "hutch-bench-peers", "private": true }' >package.json; fi
libraries="tinypool piscina quickjs-emscripten workerd @anthropic-ai/sandbox-runtime"
if command -v npm >/dev/null; then
  npm install --no-fund --no-audit $libraries
  # isolated-vm builds itself for this Node.js, some minutes long; its newest versions want a newer one than many have.
  npm install --no-fund --no-audit isolated-vm@5 || echo "isolated-vm could not be built here"
else
  bun add $libraries
  echo "No npm: isolated-vm, which needs Node.js, is not installed"
fi
