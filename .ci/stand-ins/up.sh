#!/usr/bin/env bash
# Starts a container engine if none runs, and makes images that stand in for those of a registry, of Debian's packages, a
# JDK 25 and Kafka's jars. Usage: up.sh WORK_DIRECTORY JDK_25, as root. Prints what is to be exported, for eval. Ends with 2 if no engine
# can run here, and with 1 if anything else is wrong.
set -euo pipefail
work=$1 jdk=$2 here=$(cd "$(dirname "$0")" && pwd)
kafka_version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/../../pom.xml")
mkdir -p "$work"
exec 3>&1 1>&2

none=""
# A command that ends with 2, as tar does, is no engine that is missing.
trap 'code=$?; [ "$code" != 2 ] || [ -n "$none" ] || exit 1' EXIT
no_engine() { echo "no container engine can run here: $1"; none=yes; exit 2; }

if ! docker info > /dev/null 2>&1; then
  command -v docker > /dev/null && command -v dockerd > /dev/null || no_engine "docker is not installed"
  export DOCKER_HOST=unix://$work/docker.sock
  nohup dockerd --data-root "$work/data" --exec-root "$work/exec" --host "$DOCKER_HOST" --pidfile "$work/dockerd.pid" \
    > "$work/dockerd.log" 2>&1 3>&- &
  for _ in $(seq 100); do docker info > /dev/null 2>&1 && break; sleep 0.2; done
  docker info > /dev/null || { tail -20 "$work/dockerd.log"; no_engine "dockerd does not answer, see above"; }
fi
export DOCKER_BUILDKIT=0

has() { docker image inspect "$1" > /dev/null 2>&1; }
# build NAME [OPTION...] CONTEXT
build() { docker build --quiet --tag "$@" > /dev/null 2> "$work/build.log" || { cat "$work/build.log"; exit 1; }; }

if ! has stand-in/debian:12; then
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | head -1 || true)
  rm -rf "$work/debian"
  # shellcheck disable=SC2086 # no mirror, no argument
  debootstrap --variant=minbase --include=binutils bookworm "$work/debian" $mirror > "$work/debootstrap.log" \
    || { tail -5 "$work/debootstrap.log"; exit 1; }
  rm -rf "$work"/debian/var/cache/apt/archives/*.deb "$work"/debian/var/lib/apt/lists/*
  tar -C "$work/debian" -c . | docker import - stand-in/debian:12 > /dev/null
fi

if ! has stand-in/jdk:25; then
  rm -rf "$work/jdk" && mkdir -p "$work/jdk"
  # Followed, not copied: a package keeps its certificates elsewhere.
  tar -C "$jdk" -ch --exclude=./src.zip --exclude=./lib/src.zip . > "$work/jdk/java.tar"
  printf 'FROM stand-in/debian:12\nADD java.tar /opt/java\nENV PATH=/opt/java/bin:$PATH JAVA_HOME=/opt/java\n' > "$work/jdk/Dockerfile"
  build stand-in/jdk:25 "$work/jdk"
fi

if ! has "stand-in/kafka:$kafka_version"; then
  rm -rf "$work/kafka" && mkdir -p "$work/kafka"
  cat > "$work/kafka/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>stand-in</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
  "$here/../../mvnw" -q -B -f "$work/kafka/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DoutputDirectory="$work/kafka/libs"
  cp "$here/kafka-run" "$work/kafka/run"
  printf 'FROM stand-in/jdk:25\nCOPY libs /opt/kafka/libs\nCOPY --chmod=755 run /etc/kafka/docker/run\nRUN mkdir -p /var/lib/kafka /mnt/shared/config\nEXPOSE 9092\nCMD ["/etc/kafka/docker/run"]\n' \
    | sed 's/--chmod=755 //' > "$work/kafka/Dockerfile"
  build "stand-in/kafka:$kafka_version" "$work/kafka"
fi

if command -v prometheus > /dev/null && ! has stand-in/prometheus:1; then
  rm -rf "$work/prometheus" && mkdir -p "$work/prometheus"
  cp "$(command -v prometheus)" "$work/prometheus/prometheus"
  printf 'FROM stand-in/debian:12\nCOPY prometheus /bin/prometheus\nWORKDIR /prometheus\nEXPOSE 9090\nENTRYPOINT ["/bin/prometheus"]\nCMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]\n' > "$work/prometheus/Dockerfile"
  build stand-in/prometheus:1 "$work/prometheus"
fi

if ! has stand-in/cuda:1; then
  # Its places only: a build finds what it copies, nothing can be loaded.
  rm -rf "$work/cuda" && mkdir -p "$work"/cuda/{nvidia,cusparselt,torch}/lib
  for part in nvidia cusparselt torch; do echo "stands in" > "$work/cuda/$part/lib/README"; done
  printf 'FROM scratch\nCOPY . /opt/conda/lib/python3.11/site-packages/\n' > "$work/cuda.Dockerfile"
  build stand-in/cuda:1 --file "$work/cuda.Dockerfile" "$work/cuda"
fi

prometheus=""
if has stand-in/prometheus:1; then prometheus=" PROMETHEUS_IMAGE=stand-in/prometheus:1"; fi
cat >&3 <<EXPORTS
export DOCKER_BUILDKIT=0 DOCKER_HOST=${DOCKER_HOST:-unix:///var/run/docker.sock}
export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
export JDK_IMAGE=stand-in/jdk:25 DEBIAN_IMAGE=stand-in/debian:12 KAFKA_IMAGE=stand-in/kafka:$kafka_version$prometheus CUDA_IMAGE=stand-in/cuda:1
EXPORTS
