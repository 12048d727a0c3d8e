# SPDX-License-Identifier: Apache-2.0
# ADD and DEL are killed at every system call that changes something; a runtime cleans up, nothing is lost.
# lab: timeout=300
# lab: kernels=6.1
. /lab/lib.sh
. /lab/attached.sh
. /lab/sweep.sh
need_plugins

# a name, so that there is one to give back
SWEEP_RDMA='{ "rdmaDeviceName": "roce1" }'
sweep_start '{ "type": "lease" }'
# shellcheck disable=SC2086 # options
sweep_run kill $LAB_ARGS
