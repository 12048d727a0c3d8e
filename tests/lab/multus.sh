# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# For scenarios that call Multus (thin), behind clients.sh. cnitool is the runtime: of its network
# "multus" Multus is the only plugin. With kubeapi_start an API server and a kubelet stand in; both know
# pods of the namespace default only.

MULTUS_LOG=$LAB_TMP/multus.log
KUBEAPI=$LAB_TMP/kubeapi
KUBEAPI_PORT=8001
KUBELET=/var/lib/kubelet/device-plugins

need_multus() {
	need_plugins
	[ -x "$CNI_PATH/multus" ] || skip "no Multus in the guest: scripts/tools found no Go toolchain"
	note "$(grep '^multus ' /lab/tools.versions)"
}

# use_multus KEYS: its configuration; KEYS is a JSON object
use_multus() {
	mkdir -p "$NETCONFPATH"
	jq -n --argjson keys "$1" --arg bin "$CNI_PATH" --arg log "$MULTUS_LOG" '{ cniVersion: "1.1.0",
		name: "multus", plugins: [ { type: "multus", binDir: $bin, logToStderr: false, logFile: $log,
			logLevel: "verbose" } + $keys ] }' >"$NETCONFPATH/multus.conflist"
}

# multus VERB POD: as a runtime that knows pods, by cnitool
multus() {
	CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=$2;K8S_POD_INFRA_CONTAINER_ID=$(container_id "$2");K8S_POD_UID=uid-$2" \
		cnitool_call "$1" multus "$2" eth0
}

# multus_node STATUS|GC: as a runtime does it, about no pod
multus_node() {
	plugin_conf 0 "$NETCONFPATH/multus.conflist" | plugin_call multus "$1" '' '' ''
}

# multus_add POD: Multus gives the API server a quarter of a second, which an emulated processor may miss;
# kubelet tries again, too
multus_add() {
	for _ in 1 2 3 4 5; do
		if multus add "$1" >"$LAB_TMP/result" 2>"$LAB_TMP/said"; then
			return
		fi
		grep -q 'error waiting for pod' "$LAB_TMP/said" || break
		note "$(cat "$LAB_TMP/said")"
		multus del "$1"
	done
	fail "$(cat "$LAB_TMP/said")"
}

# calls_of VERB PLUGIN: how many there were
calls_of() {
	grep -c "^$1 $2 " "$CALLS" || true
}

# conf_of VERB PLUGIN IFNAME: stdin of the latest such call
conf_of() {
	sed -n "/^$1 $2 .* ifname=$3 /{n;p}" "$CALLS" | tail -n 1
}

# event_fits: what refused() kept is what a person reads in an event: 1024 bytes, and kubelet puts some
# 200 of its own before it
event_fits() {
	event=$(sed -n '/^Error: /{p;q}' "$LAB_TMP/refused")
	note "$event"
	[ "${#event}" -le 800 ] || fail "an error of ${#event} bytes is cut off in an event"
}

kubeapi_start() {
	mkdir -p "$KUBEAPI" "$KUBELET"
	/lab/kubeapi "$KUBEAPI_PORT" "$KUBEAPI" 2>>"$PLUGINS_LOG" &
	# shellcheck disable=SC2034 # for the scenario's end
	kubeapi=$!
	cat >"$LAB_TMP/kubeconfig" <<-CONF
		apiVersion: v1
		kind: Config
		clusters: [ { name: lab, cluster: { server: "http://127.0.0.1:$KUBEAPI_PORT" } } ]
		contexts: [ { name: lab, context: { cluster: lab, user: lab } } ]
		users: [ { name: lab, user: {} } ]
		current-context: lab
	CONF
}

# api_pod POD [NETWORKS]: the pod is there, with this annotation
api_pod() {
	mkdir -p "$KUBEAPI/api/v1/namespaces/default/pods"
	jq -n --arg name "$1" --arg networks "${2:-}" '{ apiVersion: "v1", kind: "Pod",
		metadata: { name: $name, namespace: "default", uid: ("uid-" + $name),
			annotations: (if $networks == "" then {} else { "k8s.v1.cni.cncf.io/networks": $networks } end) },
		spec: { containers: [ { name: "c", image: "none" } ] } }' \
		>"$KUBEAPI/api/v1/namespaces/default/pods/$1.json"
}

# api_pod_gone POD
api_pod_gone() {
	rm "$KUBEAPI/api/v1/namespaces/default/pods/$1.json"
}

# api_network NAMESPACE NAME CONFLIST [RESOURCE]: a NetworkAttachmentDefinition; CONFLIST is JSON
api_network() {
	api_dir=$KUBEAPI/apis/k8s.cni.cncf.io/v1/namespaces/$1/network-attachment-definitions
	mkdir -p "$api_dir"
	jq -n --arg namespace "$1" --arg name "$2" --arg config "$3" --arg resource "${4:-}" '{
		apiVersion: "k8s.cni.cncf.io/v1", kind: "NetworkAttachmentDefinition",
		metadata: { name: $name, namespace: $namespace,
			annotations: (if $resource == "" then {} else { "k8s.v1.cni.cncf.io/resourceName": $resource } end) },
		spec: { config: $config } }' >"$api_dir/$2.json"
}

# allocate POD RESOURCE BDF...: what the kubelet's device manager has given to the pod; of one pod at a time
allocate() {
	allocate_pod=$1 allocate_resource=$2
	shift 2
	jq -n --arg uid "uid-$allocate_pod" --arg resource "$allocate_resource" '{ Data: { PodDeviceEntries: [ {
		PodUID: $uid, ContainerName: "c", ResourceName: $resource, DeviceIDs: { "0": $ARGS.positional },
		AllocResp: "" } ], RegisteredDevices: {} }, Checksum: 1 }' --args "$@" \
		>"$KUBELET/kubelet_internal_checkpoint"
}
