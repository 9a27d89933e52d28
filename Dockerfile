# The image that CI and the devcontainer use: Debian with the .NET SDK and what the tests compare with. The SDK's own image is Ubuntu, which has
# Chromium as a snap only. Namespaces need more than a container's defaults: run it with --privileged (or the capabilities SYS_ADMIN, NET_ADMIN, SYS_PTRACE).
#
#   docker build -t linuxnamespaces . && docker run --rm --privileged -v "$PWD:/src" linuxnamespaces ./build.sh test
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk

FROM debian:bookworm
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        bubblewrap busybox-static ca-certificates chromium gcc git iproute2 libc6-dev libicu72 libssl3 libstdc++6 musl-tools nftables nodejs npm passt \
        procps python3 runc systemd-container tmux tzdata uidmap util-linux zlib1g \
    && rm -rf /var/lib/apt/lists/*

ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /src
