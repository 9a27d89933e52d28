#!/bin/sh
# Makes what the machines of the matrix boot, from Debian's packages. Each is made beside its place and moved there when it is whole.
#   image.sh kernel SUITE ARCHITECTURE VERSION FOLDER   vmlinuz, initrd and modules.ext4 of the newest linux-image VERSION of a suite
#   image.sh root   SUITE ARCHITECTURE FOLDER PACKAGE…  root.ext4: packages unpacked, or set up where some of them run only so
#   image.sh musl   SUITE FOLDER                        musl of a suite for amd64, with the libraries for C++ that .NET wants
#   image.sh disk   SOURCE FILE                         an ext4 image of a folder
set -eu

# shellcheck disable=SC2016
mirror=$(apt-get indextargets 'Created-By: Packages' --format '$(REPO_URI)' 2>/dev/null | grep -m 1 '/debian/*$' || true)
# shellcheck disable=SC2016
mirror=${mirror:-http://deb.debian.org/debian}
work=$(mktemp -d "${TMPDIR:-/tmp}/linuxnamespaces-image-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say() { echo "image.sh: $*" >&2; }

# Features that every kernel since 5.4 knows.
disk() {
    size=$(($(du -sm --apparent-size "$1" | cut -f 1) * 5 / 4 + 96))
    rm -f "$2.new"
    mke2fs -q -t ext4 -O none,extents,filetype,sparse_super,large_file,ext_attr,dir_index,flex_bg,uninit_bg -N 60000 -d "$1" "$2.new" "${size}m"
    mv "$2.new" "$2"
}

# apt for another suite and another processor: lists, status and cache of its own.
other_apt() {
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts"
    : >"$work/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$work/sources.list"
    case $1 in *-backports) echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror ${1%-backports} main" >>"$work/sources.list" ;; esac
    cat >"$work/apt.conf" <<CONF
Dir::State::Lists "$work/lists";
Dir::State::Status "$work/status";
Dir::Cache "$work/cache";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "$work/parts";
Dir::Etc::PreferencesParts "$work/parts";
APT::Architecture "$2";
APT::Architectures { "$2"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
CONF
    export APT_CONFIG="$work/apt.conf"
    apt-get update -qq
}

# Modules in the order in which they are loaded, unpacked, for a kernel may know no compressed ones.
initrd() {
    version=$1
    tree=$work/tree
    init=$work/init
    mkdir -p "$init/bin" "$init/modules" "$init/root" "$init/proc" "$init/dev" "$init/sys"
    cp "$3" "$init/bin/busybox"
    number=100
    for module in virtio_pci virtio_mmio virtio_blk ext4 crc32c_generic; do
        modprobe --dirname "$tree" --set-version "$version" --show-depends "$module" 2>/dev/null | while read -r kind path rest; do
            [ "$kind" = insmod ] || continue
            name=$(basename "$path" | sed 's/\.ko.*//')
            [ -z "$(find "$init/modules" -name "*-$name.ko")" ] || continue
            to=$init/modules/$number-$(printf %03d "$(find "$init/modules" -type f | wc -l)")-$name.ko
            case $path in
                *.xz) xz -dc "$path" >"$to" ;;
                *.zst) zstd -qdc "$path" >"$to" ;;
                *) cp "$path" "$to" ;;
            esac
        done
        number=$((number + 1))
    done
    (cd "$init" && find . | cpio --quiet -o -H newc) | gzip -1 >"$2"
}

kernel() {
    suite=$1 arch=$2 wanted=$3 folder=$4
    other_apt "$suite" "$arch"
    pattern="^linux-(image|binary)-$(echo "$wanted" | sed 's/\./\\./g')\.[0-9.]*[-+a-z0-9.~]*cloud-$arch\$"
    newest=$(apt-cache search --names-only "$pattern" | cut -d ' ' -f 1 | sed -E 's/^linux-(image|binary)-//' | sort -Vu | tail -n 1)
    [ -n "$newest" ] || { say "no linux-image $wanted for cloud-$arch in $suite"; exit 3; }
    say "Linux $newest of $suite"
    packages=
    for kind in binary modules image; do
        apt-cache show "linux-$kind-$newest" >/dev/null 2>&1 && packages="$packages linux-$kind-$newest"
    done
    mkdir -p "$work/debs" "$work/tree" "$folder"
    # shellcheck disable=SC2086
    (cd "$work/debs" && apt-get download -qq $packages busybox-static)
    for file in "$work"/debs/linux-*.deb; do dpkg-deb -x "$file" "$work/tree"; done
    mkdir -p "$work/busybox"
    dpkg-deb -x "$work"/debs/busybox-static*.deb "$work/busybox"

    # Where /lib is not yet a part of /usr.
    if [ -d "$work/tree/usr/lib/modules" ]; then
        mkdir -p "$work/tree/lib"
        mv "$work/tree/usr/lib/modules" "$work/tree/lib/modules"
    fi
    image=$(find "$work/tree" -name 'vmlinuz*' -type f | head -n 1)
    depmod -b "$work/tree" "$newest"
    initrd "$newest" "$folder/initrd.new" "$(find "$work/busybox" -path '*/bin/busybox' -type f | head -n 1)"
    rm -rf "$work/tree/lib/modules/$newest/kernel/sound" "$work/tree/lib/modules/$newest/kernel/drivers/gpu"
    disk "$work/tree/lib/modules" "$folder/modules.ext4"
    cp "$image" "$folder/vmlinuz"
    mv "$folder/initrd.new" "$folder/initrd"
    echo "$newest" >"$folder/version"
}

root() {
    suite=$1 arch=$2 folder=$3
    shift 3
    variant=extract
    packages=base-files,base-passwd,bash,coreutils,dash,debianutils,findutils,gawk,grep,sed,hostname,libc-bin,login,passwd,util-linux,mount,procps,kmod,iproute2,uidmap,busybox-static,libgcc-s1,libstdc++6,zlib1g
    for package in "$@"; do
        packages=$packages,$package
        case $package in systemd | selinux-policy-default) variant=minbase ;; esac
    done
    mkdir -p "$folder"
    say "a root of $suite for $arch"
    mmdebstrap --quiet --mode=root --variant="$variant" --architectures="$arch" --aptopt='Acquire::Check-Valid-Until "false"' \
        --aptopt='APT::Install-Recommends "false"' --include="$packages" "$suite" "$work/root" "$mirror"
    tree=$work/root
    if [ "$variant" = extract ]; then
        cp "$tree/usr/share/base-passwd/passwd.master" "$tree/etc/passwd"
        cp "$tree/usr/share/base-passwd/group.master" "$tree/etc/group"
        sed -i 's/\*/x/' "$tree/etc/passwd"
    fi
    echo 'tester:x:1000:1000::/home/tester:/bin/sh' >>"$tree/etc/passwd"
    echo 'tester:x:1000:' >>"$tree/etc/group"
    echo 'tester:100000:65536' >"$tree/etc/subuid"
    cp "$tree/etc/subuid" "$tree/etc/subgid"
    mkdir -p "$tree/home/tester" "$tree/opt" "$tree/matrix" "$tree/lib/modules"
    chown 1000:1000 "$tree/home/tester"
    contexts=/etc/selinux/default/contexts/files/file_contexts
    [ ! -f "$tree$contexts" ] || chroot "$tree" setfiles -q -F "$contexts" /
    disk "$tree" "$folder/root.ext4"
}

# Debian has no libstdc++ for musl. That for glibc runs on musl, with what lend.c lends it: it comes first, under the name of libstdc++, and
# brings the true one in under another. musl takes libc.so.6 and libm.so.6 for itself.
musl() {
    suite=$1 folder=$2
    source=$(cd "$(dirname "$0")" && pwd)/lend.c
    other_apt "$suite" amd64
    mkdir -p "$work/debs" "$work/tree" "$folder"
    (cd "$work/debs" && apt-get download -qq musl libstdc++6 libgcc-s1)
    for file in "$work"/debs/*.deb; do dpkg-deb -x "$file" "$work/tree"; done
    for name in libc.so libstdc++.so.6 libgcc_s.so.1; do
        cp -L "$(find "$work/tree" -name "$name" | head -n 1)" "$folder"
    done
    mv "$folder/libstdc++.so.6" "$folder/libstdc++.true.so"
    : >"$work/empty.c"
    gcc -shared -nostdlib -Wl,-soname,libstdc++.true.so -o "$work/name.so" "$work/empty.c"
    gcc -shared -fPIC -nostdlib -O2 -std=gnu11 -Wall -Wextra -U_FORTIFY_SOURCE -fno-stack-protector -Wl,-soname,libstdc++.so.6 -o "$folder/libstdc++.so.6" "$source" -Wl,--no-as-needed "$work/name.so"
    ln -s libstdc++.so.6 "$folder/ld-linux-x86-64.so.2"
}

task=$1
shift
"$task" "$@"
