#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image.
set -euo pipefail
umask 022
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=/opt/grader
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install -y -qq --no-install-recommends bubblewrap libseccomp2
python=
for version in 3.13 3.12 3.11; do
    # Asked first: apt-get would take the dot of an unknown name for any character.
    if apt-cache show "python$version-venv" >/dev/null 2>&1; then
        apt-get install -y -qq --no-install-recommends "python$version" "python$version-venv"
        python=/usr/bin/python$version
        break
    fi
done
if [ -z "$python" ]; then
    echo "This image offers no Python 3.11, 3.12 or 3.13. Choose a base image that does:" >&2
    echo "Ubuntu 22.04 or 24.04, in the autograder's settings." >&2
    exit 1
fi

"$python" -m venv "$home"
cd "$source" # where the wheel lies that the requirements name
"$home/bin/python" -m pip install --quiet --no-cache-dir \
    -c requirements/lock.txt -r requirements/install.txt
packages=$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

# Where the image allows no namespaces, students' code runs under another account, which is to find
# neither hidden cases nor anything of the grader but what the worker itself imports.
chmod -R go= "$source"
chmod -R go=rX "$packages/grader"
find "$packages/grader" -mindepth 1 -maxdepth 1 \
    ! -name __init__.py ! -name _version.py ! -name wire ! -name worker -exec chmod -R go= {} +
