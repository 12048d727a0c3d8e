# SPDX-License-Identifier: Apache-2.0
# Measures the chain beside the floor program and any peers; scripts/bench makes a table of it.
# lab: kernels=none
# lab: timeout=1800
. /lab/lib.sh
need_plugins
for tool in floor measure count; do
	[ -x "/lab/$tool" ] || fail "$tool is not built; remedy: ninja -C build/release"
done
# set by scripts/bench
BENCH_ROUNDS=10 BENCH_VFS='8 64 128' BENCH_AT_ONCE='4 16' BENCH_STATE=tmpfs
[ ! -e /lab/bench.conf ] || . /lab/bench.conf

sides="floor=floor ours=$CNI_PATH"
for peer in /lab/peers/*; do
	[ ! -d "$peer" ] || sides="$sides ${peer##*/}=$peer"
done

[ "$BENCH_STATE" = tmpfs ] || {
	modprobe virtio_blk
	modprobe ext4
	mount -t "$BENCH_STATE" /dev/vda /var/lib/cni
}
note "state on $BENCH_STATE"

# devices N: what measure reads, of the VFs 0 to N - 1
devices() {
	i=0
	while [ "$i" -lt "$1" ]; do
		echo "$(vf_bdf "$i") $(vf_netdev "$i") $(rdma dev show "$(vf_rdma "$i")" | cut -d: -f1)"
		i=$((i + 1))
	done
}

# measured AT_ONCE OPTIONS...
measured() {
	devices "$1" >"$LAB_TMP/devices"
	at_once=$1
	shift
	# shellcheck disable=SC2086 # one word for each side
	/lab/measure -v "$vfs" -p "$at_once" "$@" $sides <"$LAB_TMP/devices" | tee -a /host/bench-floor.tsv
}

i=0
while [ "$i" -lt 16 ]; do
	pod "bench-$i"
	i=$((i + 1))
done
for vfs in $BENCH_VFS; do
	say "$vfs VFs"
	simnic_start "$vfs" totalvfs=256
	# directories are made, the index of the RDMA device is remembered
	devices 1 >"$LAB_TMP/devices"
	/lab/measure -v "$vfs" ours="$CNI_PATH" <"$LAB_TMP/devices" >"$LAB_TMP/first"
	# several: how long the kernel takes is different each time
	measured 1 -n "$BENCH_ROUNDS" -c /lab/count
	measured 1 -n "$BENCH_ROUNDS"
	if [ "$vfs" != 8 ] || [ "$BENCH_VFS" = 8 ]; then
		for at_once in $BENCH_AT_ONCE; do
			[ "$at_once" -gt "$vfs" ] || measured "$at_once" -n $(((BENCH_ROUNDS + 2) / 3))
		done
	fi
	simnic_stop
done
i=0
while [ "$i" -lt 16 ]; do
	pod_del "bench-$i"
	i=$((i + 1))
done
