#!/bin/sh
# pgrep --ns PID matches processes of other namespaces if the namespaces of PID cannot be read.
#
# Version:     procps 4.0.2 (Debian 12), 4.0.4 (Debian 13) and 4.0.7 (sid).
# Expectation: the manual says that --ns matches processes that belong to the same namespaces as PID, and that it needs root to match
#              processes of other users. Where /proc/PID/ns cannot be read, an error or no match.
# Behaviour:   every process that the caller cannot read is matched, whatever namespaces it is in, and the exit code is 0. Those that the
#              caller can read are not. A namespace that cannot be read is remembered as 0, and 0 equals 0. Root sees the same where a
#              security module, or a PID 1 of another user namespace, keeps /proc/1/ns even from root: pgrep --ns 1.
# Needs:       an x86-64 Debian system, root, unshare and setpriv.

. "$(dirname "$0")/common.sh"
need_root
need unshare setpriv

# as ID COMMAND...: replaces the shell with a command of a user that exists nowhere else.
as() {
    user=$1
    shift
    exec setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
}

(as 60171 sleep 600) &
elsewhere=$!
(exec unshare --uts setpriv --reuid 60171 --regid 60171 --clear-groups sleep 600) &
reference=$!
(as 60172 sleep 600) &
own=$!
cleanup="kill $elsewhere $reference $own"
for process in $elsewhere $reference $own; do
    until grep -q -x sleep "/proc/$process/comm"; do :; done
done
expect 'the two processes of the other user share a UTS namespace' no \
    "$([ "$(readlink /proc/$reference/ns/uts)" = "$(readlink /proc/$elsewhere/ns/uts)" ] && echo yes || echo no)"

# named PROGRAM...: runs it and prints which of the three it has found.
named() {
    "$@" >"$work/found" || echo "exit code $?"
    for process in $(cat "$work/found"); do
        case $process in
        "$elsewhere") echo elsewhere ;;
        "$reference") echo reference ;;
        "$own") echo own ;;
        esac
    done | sort | paste -sd ' '
}

for suite in bookworm trixie sid; do
    libc $suite
    case $suite in
    bookworm)
        debian bookworm libc/libcap2/libcap2_2.66-4+deb12u3+b1_amd64.deb 8d684c673e7483802a5c447834b0df6fce006eb3a7109e1be412f5ad425bb24f
        debian bookworm libg/libgcrypt20/libgcrypt20_1.10.1-3+deb12u1_amd64.deb e7a56552139c693904a6f9712234c05fe918353273a7cbdb5e62f423ad71bb97
        debian bookworm libg/libgpg-error/libgpg-error0_1.46-1_amd64.deb 89944ee11d7370ce6ef46fc52f094c4a6512eff8943ec4c6ebefeae6360ceada
        debian bookworm libz/libzstd/libzstd1_1.5.4+dfsg2-5_amd64.deb 6315b5ac38b724a710fb96bf1042019398cb656718b1522279a5185ed39318fa
        debian bookworm l/lz4/liblz4-1_1.9.4-1_amd64.deb 64cde86cef1deaf828bd60297839b59710b5cd8dc50efd4f12643caaee9389d3
        debian bookworm p/procps/libproc2-0_4.0.2-3_amd64.deb e82ba5d01929eafb8b9954606a3c38b0332a987c2b3432388b4ee7365e54deae
        debian bookworm p/procps/procps_4.0.2-3_amd64.deb d9d0e75779cb79af869181f17b93c5c263a2b89cac6a0193c436160a4483ddc1
        debian bookworm s/systemd/libsystemd0_252.39-1~deb12u2_amd64.deb 013c07514a9e4933b2d5c098018695a6aa42d085dbc483ce2c094a954c8a1b0a
        debian bookworm x/xz-utils/liblzma5_5.4.1-1+deb12u1_amd64.deb f96d8876b53ec89d76a992bc199679b818cf518225a768954d9451fb556a4eb7
        ;;
    trixie)
        debian trixie libc/libcap2/libcap2_2.75-10+deb13u1+b3_amd64.deb 89fc4d34fc7a28ad6f0fcd0c561ab253b9dedf6f77f5a000b47c276c8295bf67
        debian trixie p/procps/libproc2-0_4.0.4-9_amd64.deb c9d61caab1b2ddfc3f17edb95be31b9809fcb2daf27d853dff615bc4ebd08b4b
        debian trixie p/procps/procps_4.0.4-9_amd64.deb 4db90bb6776772fc52585d6b1fbfc52ec2a85480e1b4363b743fbb2ffa2a5375
        debian trixie s/systemd/libsystemd0_257.13-1~deb13u1_amd64.deb ab0d4127b5e46e6f8c015a1db15a62ba9ae274cdefa150083adf90ada0600ea1
        ;;
    sid)
        debian sid libc/libcap2/libcap2_2.78-1+b1_amd64.deb ded957f0dd933e80a3cbbc3a920cb66a3d683f7e2ba2ddd77008f9f02744dcd9
        debian sid p/procps/libproc2-1_4.0.7-1_amd64.deb 66dac4932b752f770a27f8240f114d20bbf7f5d04b80f30f1f048f1ec148bd19
        debian sid p/procps/procps_4.0.7-1_amd64.deb 4fabff7d0755d698a93d4d006864853ab4622f2a8766d275e3cbf6bf13686ba2
        debian sid s/systemd/libsystemd0_262.1-1_amd64.deb 7fc74653ff64a71e97e0d6d7c0cbb195a62ec0d3a13a7263dd37369494dfcc42
        ;;
    esac
    pgrep=$(tool $suite pgrep)
    "$pgrep" --version
    expect 'root, same UTS namespace as the reference' reference "$(named "$pgrep" --ns $reference --nslist uts)"
    expect 'another user, the same question' 'elsewhere reference' \
        "$(named setpriv --reuid 60172 --regid 60172 --clear-groups "$pgrep" --ns $reference --nslist uts)"
done
