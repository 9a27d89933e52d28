#!/bin/sh
# Finds PowerShell (the path $PWSH, PATH, or the tool manifest) and hands over to build.ps1. Without PowerShell it does
# the part of a task that needs none.
set -eu

usage() {
    cat <<'USAGE'
usage: ./build.sh [task] [wildcard]

  build     compile src into bin (the default task)
  demo      build, then show the namespaces of this machine; needs no root
  test      build, pack, and run every test on the package; 'test NAME*' runs
            only the Pester files whose names match; 'test fast' runs the
            unit tests and the Pester tests tagged Fast
  bench     run the benchmarks and print their ratios; 'bench NAME*' as above
  docs      make the help in en-US from docs (needs Microsoft.PowerShell.PlatyPS)
  messages  print every error and warning of the source, to be read in one
            go; 'messages NAME*' those of the files whose paths match
  package   make output/LinuxNamespaces.<version>.nupkg and .zip
  assets    build assets from web (needs Node.js and npm); commit the result
  install   install the package for this user, or for all users as root
  matrix    boot other kernels, processors and systems under qemu, test the
            module in each, and write docs/portability.md; 'matrix CELL ...'
            only these, 'kernels' or 'engines' a group of them (root; see
            tests/matrix)
  clean     remove everything that was built

Needs the .NET SDK 8 or newer. PowerShell is taken from $PWSH, from PATH, or
from the tool manifest (.config/dotnet-tools.json).
USAGE
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

task=${1:-build}
[ $# -gt 0 ] && shift
case $task in
    build | test | demo | bench | docs | messages | package | install | assets | matrix | clean) ;;
    -h | --help | help) usage; exit ;;
    *) echo "build.sh: '$task' is not a task." >&2; usage >&2; exit 2 ;;
esac

if ! command -v dotnet >/dev/null 2>&1; then
    echo "build.sh: the .NET SDK 8 or newer is needed: https://learn.microsoft.com/dotnet/core/install/linux" >&2
    exit 1
fi

# The tests compare with the C headers, lsns, ip and a real container, and look at maps in a real browser; each entry is command:package.
if [ "$task" = test ] || [ "$task" = bench ]; then
    missing=
    for need in gcc:gcc lsns:util-linux ip:iproute2 setpriv:util-linux runc:runc busybox:busybox-static bwrap:bubblewrap \
        newuidmap:uidmap systemd-nspawn:systemd-container nft:nftables pasta:passt tmux:tmux python3:python3 node:nodejs npm:npm chromium:chromium musl-gcc:musl-tools; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null 2>&1 || missing="$missing ${need##*:}"
    done
    [ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
    [ "$task" != bench ] || [ -e /usr/include/bpf/libbpf.h ] || missing="$missing libbpf-dev"
    [ "$task" != bench ] || PATH=$PATH:/usr/sbin command -v sshd >/dev/null 2>&1 || missing="$missing openssh-server"
    [ "$task" != bench ] || command -v clang >/dev/null 2>&1 || missing="$missing clang"
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            echo "Installing$missing."
            apt-get update -qq >/dev/null 2>&1 || :

            # One by one where a system lacks one of them, for apt-get installs all or nothing.
            # shellcheck disable=SC2086
            install_packages $missing || for package in $missing; do
                install_packages "$package" || echo "build.sh: could not install $package, which some tests require." >&2
            done
        else
            echo "build.sh: some tests need more: apt-get install$missing" >&2
        fi
    fi
fi

if [ "$task" = matrix ]; then
    missing=
    for need in qemu-system-x86_64:qemu-system-x86 qemu-system-aarch64:qemu-system-arm mmdebstrap:mmdebstrap cpio:cpio depmod:kmod mke2fs:e2fsprogs xz:xz-utils zstd:zstd gcc:gcc; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null 2>&1 || missing="$missing ${need##*:}"
    done
    if [ -n "$missing" ]; then
        echo "build.sh: the matrix needs more: apt-get install$missing" >&2
        exit 1
    fi
fi

library=
if [ -n "${PWSH:-}" ]; then
    pwsh=$PWSH
elif command -v pwsh >/dev/null 2>&1; then
    pwsh=pwsh
elif dotnet tool restore >/dev/null 2>&1; then
    # A copy, for the tests start PowerShell as a program, also as other users: of the tool they may not run it.
    pwsh=output/powershell/pwsh
    export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
    # shellcheck disable=SC2016
    if ! [ output/powershell -nt .config/dotnet-tools.json ] &&
        home=$(dotnet tool run pwsh -- -NoProfile -NonInteractive -Command '$PSHOME' 2>/dev/null); then
        rm -rf output/powershell output/powershell.new
        mkdir -p output
        cp -R "$home" output/powershell.new
        chmod -R a+rX output/powershell.new
        chmod a+x output/powershell.new/pwsh
        mv output/powershell.new output/powershell
    fi

    # The program in the tool is for one processor only, its library for all.
    if ! $pwsh -v >/dev/null 2>&1; then
        library=output/powershell/pwsh.dll
        pwsh=dotnet
        dotnet $library -v >/dev/null 2>&1 || pwsh=

        # Which these start as a program.
        case $task in test | bench) pwsh= ;; esac
    fi
else
    pwsh=
fi

if [ -n "$pwsh" ]; then
    exec "$pwsh" ${library:+"$library"} -NoProfile -NonInteractive -File ./build.ps1 "$task" "$@"
fi

echo "No PowerShell here (\$PWSH, PATH and dotnet tool restore have none that runs): doing what needs none."
case $task in
    build)
        dotnet build src -c Release -v quiet
        ;;
    demo)
        dotnet run --project samples/Tour -c Release -v quiet
        ;;
    test)
        status=0
        output=$(dotnet test tests/unit -c Release 2>&1) || status=$?
        printf '%s\n' "$output"
        echo "$(ls tests/*.Tests.ps1 | wc -l) Pester files were not run."
        printf '%s\n' "$output" | awk '
            match($0, /Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+/) {
                line = substr($0, RSTART, RLENGTH); gsub(/[^0-9,]/, "", line); split(line, n, ",")
                failed += n[1]; passed += n[2]; skipped += n[3]; found = 1
            }
            END { if (!found) failed = 1; printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
        exit "$status"
        ;;
    clean)
        rm -rf bin output web/node_modules src/obj src/Commands/Loader/obj src/Commands/Sessions/obj tests/unit/bin tests/unit/obj samples/Tour/bin samples/Tour/obj
        ;;
    *)
        echo "build.sh: '$task' needs PowerShell: https://learn.microsoft.com/powershell/scripting/install/install-powershell-on-linux" >&2
        exit 1
        ;;
esac
