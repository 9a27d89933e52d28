#!/bin/sh
# runc list --format json prints null, not an empty list, when there is no container.
#
# Version:     runc 1.1.5 (Debian 12), 1.1.15 (Debian 13) and 1.3.6 (sid); crun 1.8.1, 1.21 and 1.28 beside it.
# Expectation: the command prints a list of containers as JSON: [] when there are none. crun, which takes the same command line, does.
# Behaviour:   runc prints null, over which a reader cannot iterate (jq '.[]' fails).
# Needs:       an x86-64 Debian system and root.

. "$(dirname "$0")/common.sh"
need_root

for suite in bookworm trixie sid; do
    libc $suite
    case $suite in
    bookworm)
        debian bookworm c/crun/crun_1.8.1-1+deb12u1_amd64.deb 34bdcf1a097ec34da2e7b77b65fa351134702af775174af22555b16421709c51
        debian bookworm libc/libcap2/libcap2_2.66-4+deb12u3+b1_amd64.deb 8d684c673e7483802a5c447834b0df6fce006eb3a7109e1be412f5ad425bb24f
        debian bookworm libg/libgcrypt20/libgcrypt20_1.10.1-3+deb12u1_amd64.deb e7a56552139c693904a6f9712234c05fe918353273a7cbdb5e62f423ad71bb97
        debian bookworm libg/libgpg-error/libgpg-error0_1.46-1_amd64.deb 89944ee11d7370ce6ef46fc52f094c4a6512eff8943ec4c6ebefeae6360ceada
        debian bookworm libs/libseccomp/libseccomp2_2.5.4-1+deb12u1_amd64.deb 108fe67957ca7cf9ba51d801118a1b37d404bea7b6e365025cd00779e9eca38d
        debian bookworm libz/libzstd/libzstd1_1.5.4+dfsg2-5_amd64.deb 6315b5ac38b724a710fb96bf1042019398cb656718b1522279a5185ed39318fa
        debian bookworm l/lz4/liblz4-1_1.9.4-1_amd64.deb 64cde86cef1deaf828bd60297839b59710b5cd8dc50efd4f12643caaee9389d3
        debian bookworm r/runc/runc_1.1.5+ds1-1+deb12u1_amd64.deb a00351f8c0318de0b424ecf5cd0fdb69880a89f3511cae4f6fff7de3e57881c5
        debian bookworm s/systemd/libsystemd0_252.39-1~deb12u2_amd64.deb 013c07514a9e4933b2d5c098018695a6aa42d085dbc483ce2c094a954c8a1b0a
        debian bookworm x/xz-utils/liblzma5_5.4.1-1+deb12u1_amd64.deb f96d8876b53ec89d76a992bc199679b818cf518225a768954d9451fb556a4eb7
        debian bookworm y/yajl/libyajl2_2.1.0-3+deb12u2_amd64.deb b512a6efbe735e7c731185a1b3ea477ff306f0c3f6aa2970e85b12f01fe8063b
        ;;
    trixie)
        debian trixie c/crun/crun_1.21-1_amd64.deb f94f8d4acf08a304884666d67d9faa797ab8401b46c311827783a432cb15b652
        debian trixie libc/libcap2/libcap2_2.75-10+deb13u1+b3_amd64.deb 89fc4d34fc7a28ad6f0fcd0c561ab253b9dedf6f77f5a000b47c276c8295bf67
        debian trixie libs/libseccomp/libseccomp2_2.6.0-2_amd64.deb 89d5138e05fb6a86b9afd8b54dc0fb4b14f4c27c05e6c5f767c2132bdf808531
        debian trixie r/runc/runc_1.1.15+ds1-2+b4_amd64.deb fad4f807a369677f0954bd4c61e56ddb2dd8b3f4aec30c3834c3165fc6d3c19f
        debian trixie s/systemd/libsystemd0_257.13-1~deb13u1_amd64.deb ab0d4127b5e46e6f8c015a1db15a62ba9ae274cdefa150083adf90ada0600ea1
        debian trixie y/yajl/libyajl2_2.1.0-5+b2_amd64.deb 98497e30d6672298111b74e59890b3232b947abe4ecf04e39f480413b755e4f5
        ;;
    sid)
        debian sid c/crun/crun_1.28-1_amd64.deb 20fbc3d0544d5c78e98fda1f02eed07d92529b1b82b6fe657d0c865b4a654cef
        debian sid j/json-c/libjson-c5_0.19+ds-1_amd64.deb 22a29043cacb0972466c2b978031f37a2c9fe47a3986c87bb2a6755be08844f8
        debian sid libc/libcap2/libcap2_2.78-1+b1_amd64.deb ded957f0dd933e80a3cbbc3a920cb66a3d683f7e2ba2ddd77008f9f02744dcd9
        debian sid libs/libseccomp/libseccomp2_2.6.1-1+b2_amd64.deb 2d97c9f6ce55043caff1f6818ff9f85693528604f9d7538bd1ff61a492db8567
        debian sid r/runc/runc_1.3.6+ds1-1_amd64.deb 8e95d7bdfd22242ae4d48d58e3c277ba2b69dffc4ed8e573b837e6e93925d911
        debian sid r/rust-blake3/libblake3-0_1.8.2-1_amd64.deb 2c98a61e1f2e8e19f56d9e8d33ecec82d34922b5902c1e59459594308858ff48
        debian sid s/systemd/libsystemd0_262.1-1_amd64.deb 7fc74653ff64a71e97e0d6d7c0cbb195a62ec0d3a13a7263dd37369494dfcc42
        ;;
    esac
    runc=$(tool $suite runc)
    "$runc" --version | head -n 1
    mkdir "$work/state-$suite"
    expect 'runc list --format json, no container' null "$("$runc" --root "$work/state-$suite" list --format json)"
    crun=$(tool $suite crun)
    "$crun" --version | head -n 1
    expect 'the same by crun' '[]' "$("$crun" --root "$work/state-$suite" list --format json | tr -d ' \n')"
done
