# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# What several scenarios say about an attachment with every VF attribute set.

# shellcheck disable=SC2034 # for scenarios
ALL_KEYS='{ "vlan": 100, "vlanQoS": 3, "vlanProto": "802.1ad", "mac": "02:aa:bb:cc:dd:01",
	"min_tx_rate": 100, "max_tx_rate": 1000, "spoofchk": "off", "trust": "on",
	"link_state": "enable" }'
ALL_MAC=02:aa:bb:cc:dd:01

# check_result RESULT POD: the CNI result tells what was done
check_result() {
	equal "the result's interface" "$(echo "$1" | jq -r '.interfaces[0].name')" net1
	equal "the result's MAC" "$(echo "$1" | jq -r '.interfaces[0].mac')" "$ALL_MAC"
	equal "the result's sandbox" "$(echo "$1" | jq -r '.interfaces[0].sandbox')" "/run/netns/$2"
	contains "the result's addresses" "$(echo "$1" | jq -r '.ips[].address')" 10.56.0. fd56::
}

# check_attached VF POD UVERBS: seen from the pod, the PF and the host
check_attached() {
	contains "the pod's link" "$(in_pod "$2" ip -d link show net1)" ',UP' "$ALL_MAC"
	contains "the pod's addresses" "$(in_pod "$2" ip addr show net1)" 'inet 10.56.0.' 'inet6 fd56::'
	contains "the pod's routes" "$(in_pod "$2" ip route)" '10.57.0.0/16 '
	contains "the pod's rdma link" "$(in_pod "$2" rdma link show)" \
		"$(vf_rdma "$1")/1 state ACTIVE" 'netdev net1'
	contains "the VF's line" "$(vf_line "$1")" "$ALL_MAC" \
		'vlan 100, qos 3, vlan protocol 802.1ad' 'max_tx_rate 1000' 'min_tx_rate 100' \
		'spoof checking off' 'link-state enable' 'trust on'
	[ ! -e "/sys/class/net/$(vf_netdev "$1")" ] || fail "the host still has the VF's netdev"
	[ ! -e "/sys/class/infiniband/$(vf_rdma "$1")" ] || fail "the host still sees the RDMA device"
	equal "the uverbs number" "$(vf_uverbs "$1")" "$3"
	pod_verbs "$2" --only "$(vf_rdma "$1")"
}
