# shellcheck shell=sh disable=SC2016
# Helpers that the findings source. A finding runs pinned public packages in a temporary folder and needs nothing of this module.

set -eu
export LC_ALL=C
work=$(mktemp -d "${TMPDIR:-/tmp}/finding.XXXXXX")
cleanup=:
trap 'eval "$cleanup"; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
    printf 'FAIL: %s\n' "$*" >&2
    exit 1
}

# need_root: ends the script unless it runs as root.
need_root() {
    [ "$(id -u)" = 0 ] || fail 'this finding needs root'
}

# need COMMAND...: ends the script if a command of the host is missing.
need() {
    for command in "$@"; do
        command -v "$command" >/dev/null || fail "this finding needs the command $command"
    done
}

# expect WHAT WANTED SEEN: prints what was seen, and ends the script if it is not what this finding states.
expect() {
    printf '  %s: %s\n' "$1" "$3"
    [ "$2" = "$3" ] || fail "$1: expected '$2'"
}

# debian ROOT POOL SHA256: downloads a package of the Debian archive by its path below pool/main and unpacks it in $work/ROOT.
# The mirror is the one that apt uses. DEBIAN_MIRROR names another, for example a snapshot that still has a version that the
# archive has replaced. FINDINGS_CACHE names a folder that keeps downloads between runs.
debian() {
    cache=${FINDINGS_CACHE:-$work}
    file=$cache/${2##*/}
    if [ ! -e "$file" ]; then
        mirror=${mirror:-${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
            'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1)}}
        [ -n "$mirror" ] || fail 'apt knows no Debian mirror: run apt-get update or set DEBIAN_MIRROR'
        # apt's own downloader checks the hash; "+" is escaped as apt itself does.
        (cd "$work" && /usr/lib/apt/apt-helper -o APT::Sandbox::User=root -qq download-file \
            "${mirror%/}/pool/main/$(printf '%s' "$2" | sed 's/+/%2b/g')" "$file" "SHA256:$3") >/dev/null ||
            fail "$2 could not be downloaded; set DEBIAN_MIRROR to a mirror or snapshot that has it"
    fi
    printf '%s  %s\n' "$3" "$file" | sha256sum --check --quiet >/dev/null || fail "$file has another hash"
    mkdir -p "$work/$1"
    dpkg-deb --fsys-tarfile "$file" | tar -x --keep-directory-symlink -C "$work/$1"
}

# tool ROOT PROGRAM: prints the path of a command that replaces itself with a program of an unpacked root, run with the C library of
# that root. Programs that it starts are those of the host.
tool() {
    tool_root=$work/$1
    for tool_file in "$tool_root/usr/bin/$2" "$tool_root/bin/$2" "$tool_root/usr/sbin/$2" "$tool_root/sbin/$2"; do
        [ ! -e "$tool_file" ] || break
    done
    for tool_loader in "$tool_root/lib64/ld-linux-x86-64.so.2" "$tool_root/usr/lib64/ld-linux-x86-64.so.2"; do
        [ ! -e "$tool_loader" ] || break
    done
    mkdir -p "$tool_root/tool"
    cat >"$tool_root/tool/$2" <<EOF
#!/bin/sh
exec "$tool_loader" --library-path "$tool_root/lib/x86_64-linux-gnu:$tool_root/usr/lib/x86_64-linux-gnu" "$tool_file" "\$@"
EOF
    chmod 755 "$work" "$tool_root/tool/$2"
    echo "$tool_root/tool/$2"
}

# libc SUITE: unpacks the C library once for each root.
libc() {
    [ ! -e "$work/$1/libc" ] || return 0
    case $1 in
    bookworm) debian "$1" g/glibc/libc6_2.36-9+deb12u14_amd64.deb ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf ;;
    trixie) debian "$1" g/glibc/libc6_2.41-12+deb13u5_amd64.deb b59b0625cd1a791375d40dab23a4d5d3d0641e3d0a773501becdc3725b7f99cf ;;
    sid) debian "$1" g/glibc/libc6_2.43-7_amd64.deb 5c71715c51103beb4fbba9fe9f8dff604af6610dfa71c70bff342f54a7860803 ;;
    esac
    : >"$work/$1/libc"
}

# util_linux SUITE: unpacks util-linux 2.38.1 (bookworm), 2.41.5 (trixie) or 2.42.4 (sid), with the libraries of lsns and dmesg, in a root named SUITE.
util_linux() {
    libc "$1"
    case $1 in
    bookworm)
        debian "$1" libs/libselinux/libselinux1_3.4-1+b6_amd64.deb 2b07f5287b9105f40158b56e4d70cc1652dac56a408f3507b4ab3d061eed425f
        debian "$1" n/ncurses/libtinfo6_6.4-4_amd64.deb 072d908f38f51090ca28ca5afa3b46b2957dc61fe35094c0b851426859a49a51
        debian "$1" p/pcre2/libpcre2-8-0_10.42-1_amd64.deb 030db54f4d76cdfe2bf0e8eb5f9efea0233ab3c7aa942d672c7b63b52dbaf935
        debian "$1" u/util-linux/libblkid1_2.38.1-5+deb12u3_amd64.deb 5a083377f29191cafcdf0f91ec124349b4a7895b531556633a136e43c6d53943
        debian "$1" u/util-linux/libmount1_2.38.1-5+deb12u3_amd64.deb f46e2d6b006951825adde9757790b6609d7c66c7700f9b68f3db913eaac323c3
        debian "$1" u/util-linux/libsmartcols1_2.38.1-5+deb12u3_amd64.deb 84088c6895fc07538fc51624899f3f71835188e0d38ebc3812097ac13da523b0
        debian "$1" u/util-linux/util-linux_2.38.1-5+deb12u3_amd64.deb 8eb241ff24b2e1ee9c0373f4fc9bc728b85bf5966c1496154df7da01c0e42f34
        ;;
    trixie)
        debian "$1" libs/libselinux/libselinux1_3.8.1-1_amd64.deb 68bb8d32bd8d6d7d2f5952a169db03d1484b46ae1e52abccdec42a19dccea5d5
        debian "$1" n/ncurses/libtinfo6_6.5+20250216-2_amd64.deb 8b9f6a7983e9418564e48a627518de4c03917b56efe68d7f3e93bd8fffa1cc10
        debian "$1" p/pcre2/libpcre2-8-0_10.46-1~deb13u3_amd64.deb e226f661d918f04daf38cdbc4806b7ed7d6ef95c7eb0ade692fc350e31970040
        debian "$1" u/util-linux/libblkid1_2.41.5-0+deb13u1_amd64.deb 81535f3c2c0efc732965907c8749103a0a26377c761622c9ce39b4c92dcde52f
        debian "$1" u/util-linux/libmount1_2.41.5-0+deb13u1_amd64.deb 6d00f45f2e80e078e906e3eedecd3ba6913e39fef49bff361ee583f17f00ec05
        debian "$1" u/util-linux/libsmartcols1_2.41.5-0+deb13u1_amd64.deb d96bac9c8805685f2734885098a214b82950da6ebb182c27a6b7a124a0323392
        debian "$1" u/util-linux/util-linux_2.41.5-0+deb13u1_amd64.deb 7d5b1176cc3d8cc6b290b3ec17af458f362d9200845f30da22057a8198744430
        ;;
    sid)
        debian "$1" libs/libselinux/libselinux1_3.11-2.1+b1_amd64.deb 12c9fc5222e3f4e727793da05f37a5981aaa9cb8e455a8654cb78a15db66ae22
        debian "$1" n/ncurses/libtinfo6_6.6+20260608-2_amd64.deb 14682d1f6e35df22df0fe1eb2c09418aff0e29e2ea5a7bc0aa1bcd37192ba5a7
        debian "$1" p/pcre2/libpcre2-8-0_10.49-1_amd64.deb 854da48a72f55b3f6f20389b58a3e94bddd06dc02b2a9fadd006ccd0048d14ab
        debian "$1" u/util-linux/libblkid1_2.42.4-1_amd64.deb 4b2bb042aec4edb75afd462c6e1b946a85fded738df063650394a4c0f9ede0ba
        debian "$1" u/util-linux/libmount1_2.42.4-1_amd64.deb 2a5636da5631f655ed927f941698a9a0c0644a978c9a14ea3e2795cfe70b8a71
        debian "$1" u/util-linux/libsmartcols1_2.42.4-1_amd64.deb dcf7292c258277a2ce0ee018b3912e38cb07ec448ebed0afb508c851a2cf63be
        debian "$1" u/util-linux/util-linux_2.42.4-1_amd64.deb eb0692f9ea11a123181d198ac9276f7bdf42a64dab1985136157f6ddac1cd432
        ;;
    esac
}

# iproute2 SUITE: unpacks iproute2 6.1.0 (bookworm), 6.15.0 (trixie) or 7.3.0 (sid) in a root named SUITE.
iproute2() {
    libc "$1"
    case $1 in
    bookworm)
        debian "$1" e/elfutils/libelf1_0.188-2.1_amd64.deb 619add379c606b3ac6c1a175853b918e6939598a83d8ebadf3bdfd50d10b3c8c
        debian "$1" i/iproute2/iproute2_6.1.0-3_amd64.deb 1204b29e916e836267096d0b9d778106752f821ebde0d281539008b4386d9070
        debian "$1" libb/libbpf/libbpf1_1.1.2-0+deb12u1_amd64.deb 5e7505ef77ebc84ad0203411e4afdeb8a98f40fb7f78f013aa4dd8710e49f8ed
        debian "$1" libb/libbsd/libbsd0_0.11.7-2_amd64.deb bb31cc8b40f962a85b2cec970f7f79cc704a1ae4bad24257a822055404b2c60b
        debian "$1" libc/libcap2/libcap2_2.66-4+deb12u3+b1_amd64.deb 8d684c673e7483802a5c447834b0df6fce006eb3a7109e1be412f5ad425bb24f
        debian "$1" libm/libmd/libmd0_1.0.4-2_amd64.deb 03539fd30c509e27101d13a56e52eda9062bdf1aefe337c07ab56def25a13eab
        debian "$1" libm/libmnl/libmnl0_1.0.4-3_amd64.deb 4581f42e3373cb72f9ea4e88163b17873afca614a6c6f54637e95aa75983ea7c
        debian "$1" z/zlib/zlib1g_1.2.13.dfsg-1_amd64.deb d7dd1d1411fedf27f5e27650a6eff20ef294077b568f4c8c5e51466dc7c08ce4
        ;;
    trixie)
        debian "$1" e/elfutils/libelf1t64_0.192-4_amd64.deb 94497b7e17b6f574a0605b380d454e20d3f01a9c63b70c2a2263f679d30053e1
        debian "$1" i/iproute2/iproute2_6.15.0-1_amd64.deb 7b2dcade4a83ded723fcab21c5a53c47f29352c9c5e1661a089a1e481b3fb48a
        debian "$1" libb/libbpf/libbpf1_1.5.0-3_amd64.deb 04c96ead3024888d80d08c8d08cc8cf4589f4614627acc69519f87ffb5adc1c2
        debian "$1" libc/libcap2/libcap2_2.75-10+deb13u1+b3_amd64.deb 89fc4d34fc7a28ad6f0fcd0c561ab253b9dedf6f77f5a000b47c276c8295bf67
        debian "$1" libm/libmnl/libmnl0_1.0.5-3_amd64.deb 4ec9c1096e0b954e3bdb03a62314ee7f49999045d3d55be3e4ded520ffc9baf5
        debian "$1" libs/libselinux/libselinux1_3.8.1-1_amd64.deb 68bb8d32bd8d6d7d2f5952a169db03d1484b46ae1e52abccdec42a19dccea5d5
        debian "$1" libz/libzstd/libzstd1_1.5.7+dfsg-1_amd64.deb 2f6a2aeacfc925eba8b00ac9139bc4bfccf8cacb09eb93de067074b26948eef9
        debian "$1" p/pcre2/libpcre2-8-0_10.46-1~deb13u3_amd64.deb e226f661d918f04daf38cdbc4806b7ed7d6ef95c7eb0ade692fc350e31970040
        debian "$1" z/zlib/zlib1g_1.3.dfsg+really1.3.1-1+deb13u1_amd64.deb 8c27c342230503b73dfde629642c3b352e87b554e06d60cf58772f236a305ceb
        ;;
    sid)
        debian "$1" e/elfutils/libelf1t64_0.196-1_amd64.deb dde2ab88aebdc4dfc017c5309cd17917f7230f1684fb82551390089cf0b7ced1
        debian "$1" i/iproute2/iproute2_7.3.0-1_amd64.deb dc6d964353716b219391bf8f3552baac8017676eeb0c239bd8b3dd02fa1cd01b
        debian "$1" libb/libbpf/libbpf1_1.7.0-1_amd64.deb 5bf02b61d0a01747bbe15b1fe632734365b4697fe1ae5fa1f3d408132427fe2b
        debian "$1" libc/libcap2/libcap2_2.78-1+b1_amd64.deb ded957f0dd933e80a3cbbc3a920cb66a3d683f7e2ba2ddd77008f9f02744dcd9
        debian "$1" libm/libmnl/libmnl0_1.0.5-3+b2_amd64.deb 5c058833d7f95cea335627f8ae48dbac38749493867ed3151113150e1612b264
        debian "$1" libs/libselinux/libselinux1_3.11-2.1+b1_amd64.deb 12c9fc5222e3f4e727793da05f37a5981aaa9cb8e455a8654cb78a15db66ae22
        debian "$1" libz/libzstd/libzstd1_1.5.7+dfsg-4_amd64.deb 93e7930e4c25b918f1dd980cc1c6d4487654a248f5fa71eacb976ed7bbe954bd
        debian "$1" p/pcre2/libpcre2-8-0_10.49-1_amd64.deb 854da48a72f55b3f6f20389b58a3e94bddd06dc02b2a9fadd006ccd0048d14ab
        debian "$1" z/zlib/zlib1g_1.3.dfsg+really1.3.2-4_amd64.deb 8506ce550a81ac14b047608e0df121037d9cbb10c3cc28446f68cf8c1d9d31ce
        ;;
    esac
}

# passt SUITE: unpacks passt 0.0~git20230309 (bookworm), 0.0~git20250503 (trixie) or 0.0~git20261002 (sid) in a root named SUITE.
passt() {
    libc "$1"
    case $1 in
    bookworm) debian "$1" p/passt/passt_0.0~git20230309.7c7625d-1_amd64.deb 86cbbf887b293caa4602babeae6b2a903b3303ff61ca9b8c383f684d2d8b5e6c ;;
    trixie) debian "$1" p/passt/passt_0.0~git20250503.587980c-2+deb13u1_amd64.deb dfbca023b20c84a3345e36bbbe182c18bf262583d31386fc7e3050a708850f0d ;;
    sid) debian "$1" p/passt/passt_0.0~git20261002.cba3570-1_amd64.deb f3636cb53c0d7fb8c7306be51d0802f9d011c9dd28abc26656c0c33e4db48c05 ;;
    esac
}

# csharp NAME FRAMEWORK RUNTIME: builds $work/NAME.cs with a runtime pinned by its NuGet package. The program is
# $work/FRAMEWORK/NAME and carries its runtime.
csharp() {
    mkdir -p "$work/src-$2"
    cp "$work/$1.cs" "$work/src-$2/"
    cat >"$work/src-$2/$1.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>$2</TargetFramework>
    <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
    <RuntimeFrameworkVersion>$3</RuntimeFrameworkVersion>
    <SelfContained>true</SelfContained>
    <InvariantGlobalization>true</InvariantGlobalization>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
    <RunAnalyzers>false</RunAnalyzers>
  </PropertyGroup>
</Project>
EOF
    # The empty files keep settings of folders above out.
    echo '<Project />' | tee "$work/src-$2/Directory.Build.props" "$work/src-$2/Directory.Build.targets" >"$work/src-$2/Directory.Packages.props"
    (cd "$work/src-$2" && dotnet build --nologo -v quiet -c Release -o "$work/$2" "$1.csproj") >"$work/build.log" 2>&1 || {
        cat "$work/build.log" >&2
        fail "$1.cs was not built"
    }
}

# powershell VERSION: installs PowerShell from its NuGet package as $work/pwsh/pwsh.
powershell() {
    (cd "$work" && dotnet tool install --tool-path "$work/pwsh" --version "$1" PowerShell) >"$work/tool.log" 2>&1 || {
        cat "$work/tool.log" >&2
        fail "PowerShell $1 was not installed"
    }
    export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
    PATH=$work/pwsh:$PATH
}
