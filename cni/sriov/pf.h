/* SPDX-License-Identifier: Apache-2.0 */
/* Between a VF and its PF: which port it belongs to, and VFs that are still to come. */
#pragma once
#include "world.h"

/**
 * pf_choose_port() - w->pf_name, where pci_uplink() could not choose
 * @e: what that said; it stays when this cannot choose either
 *
 * Two ports on one PCI function have no port names to choose by; the one that
 * tells about the VF is its PF.
 *
 * Return: 0; else what @e says: as before, or what one of them could not be asked for.
 */
int pf_choose_port(struct world *w, struct err *e) must_check;

/**
 * pf_await_vf() - read the device into w->fn, waiting a little for one that may come
 *
 * After a reboot pods are started while VFs are still being made: a device whose
 * PF is there gets a short wait, and then the code that means "later".
 *
 * Return: 0; -EAGAIN with code 11; -ENODEV with code 101: it will never come.
 */
int pf_await_vf(struct world *w, const struct devid *id, struct err *e) must_check;
