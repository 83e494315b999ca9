#!/usr/bin/env bash
# Gradescope in a sandbox: build the image once, grade each case, as its documentation lays it out.
#
#   unshare --mount gradescope_image.sh BASE ZIP CASES PYTHON DENY
#
# Everything is written to an overlay in memory over this machine's own system. Root's home and the
# temporary folder are empty in it, as in a fresh image. Below CASES each folder has submission/ and
# submission_metadata.json, and gets results/, the log of its run and what
# a thief has left in the temporary folder.
set -euo pipefail
base=$1 zip=$2 cases=$3 python=$4 deny=$5
mount -t tmpfs tmpfs "$base"
mkdir "$base/changes" "$base/work" "$base/image"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/changes,workdir=$base/work" "$base/image"
image=$base/image
for folder in proc dev sys; do mount --rbind "/$folder" "$image/$folder"; done
mount -t tmpfs tmpfs "$image/tmp" && chmod 1777 "$image/tmp"
mount -t tmpfs -o mode=0700 tmpfs "$image/root"

inside() {
    "$python" "$deny" env -u PYTHONPATH -u VIRTUAL_ENV -u GRADER_COURSE \
        PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin HOME=/root chroot "$image" "$@"
}

mkdir -p "$image/autograder/source" "$image/autograder/results"
"$python" -m zipfile -e "$zip" "$image/autograder/source"
cp "$image/autograder/source/run_autograder" "$image/autograder/run_autograder"
chmod +x "$image/autograder/run_autograder"
# The archive's rights are lost here, and Gradescope starts the scripts by name.
inside bash /autograder/source/setup.sh >"$cases/setup.log" 2>&1
ls "$image"/opt/grader/lib/python*/site-packages >"$cases/installed.txt"

for case in "$cases"/*/; do
    rm -rf "$image/autograder/submission" "$image/autograder/results"
    mkdir "$image/autograder/results"
    cp -R "$case/submission" "$image/autograder/submission"
    cp "$case/submission_metadata.json" "$image/autograder/submission_metadata.json"
    code=0
    inside /autograder/run_autograder >"$case/run.log" 2>&1 || code=$?
    echo "$code" >"$case/code"
    cp -R "$image/autograder/results" "$case/results"
    if [ -e "$image/tmp/stolen.txt" ]; then mv "$image/tmp/stolen.txt" "$case/stolen.txt"; fi
done
