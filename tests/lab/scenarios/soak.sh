# SPDX-License-Identifier: Apache-2.0
# Four pods at a time come and go for a minute, with random kills, faults and dying namespaces; nothing is lost.
# lab: timeout=200
# lab: kernels=6.1
. /lab/lib.sh
. /lab/attached.sh
. /lab/sweep.sh
need_plugins

workers=4
simnic_start $((workers + 1)) mac_mode=2
for i in $(seq "$workers"); do
	ip link set "$LAB_PF" vf "$i" max_tx_rate "$((5000 + i))"
	# half of them have another name in the pod
	SWEEP_RDMA=
	[ $((i % 2)) = 0 ] || SWEEP_RDMA='{ "rdmaDeviceName": "roce'$i'" }'
	sweep_confs "$i" '{ "type": "lease" }' "$SWEEP_DIR/$i"
done
/lab/sweep soak -s "${LAB_ARGS:-60}" -w "$workers" "$SWEEP_DIR" || fail "something was lost"
