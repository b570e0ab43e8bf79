#!/bin/sh
# One version everywhere: taut::version is CMake's, vcpkg's, and the changelog's latest.
set -eu
cd "$(dirname "$0")/../.."
version=$(sed -n 's/.* version = "\(.*\)";/\1/p' include/taut/core/version.hpp)
bad=0

# says FILE VERSION: what FILE has instead of the version, where it has another.
says() {
  if [ "$2" != "$version" ]; then
    echo "$1: expected version $version, as in include/taut/core/version.hpp, found '$2'"
    bad=1
  fi
}

says CMakeLists.txt "$(sed -n 's/^project(taut VERSION \([^ ]*\).*/\1/p' CMakeLists.txt)"
says vcpkg.json "$(sed -n 's/.*"version-semver": "\(.*\)".*/\1/p' vcpkg.json)"
says docs/changelog.md "$(sed -n 's/^## \([0-9][^ ]*\).*/\1/p' docs/changelog.md | head -n 1)"
exit $bad
