# SPDX-License-Identifier: Apache-2.0
# Every operation of the NIC fails in every way during ADD and DEL; the host is as before in the end.
# lab: timeout=300
# lab: kernels=6.1
. /lab/lib.sh
. /lab/attached.sh
. /lab/sweep.sh
need_plugins

# a name, so that there is one to give back
SWEEP_RDMA='{ "rdmaDeviceName": "roce1" }'
# mac_mode 2 (mlx5) makes the plugin set the VF's own MAC too, so that it can fail.
sweep_start '{ "type": "lease" }' mac_mode=2
# shellcheck disable=SC2086 # options
sweep_run driver $LAB_ARGS
