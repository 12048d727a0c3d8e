/* SPDX-License-Identifier: Apache-2.0 */
/* fakectl's "set": one KEY=VALUE at a time, changes that nobody's call made. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct fake_world;

/** set_split() - end @word at its '=' and return what follows; no '=': the test is wrong */
char *set_split(char *word);
uint64_t set_number(const char *text);
bool set_yes(const char *text);

int set_find_netns(const struct fake_world *w, const char *name);
int set_find_fn(const struct fake_world *w, const char *id);

void set_link(struct fake_world *w, int link, char *word);
/** set_object() - apply every word of NULL-terminated @words to "node", a device, "NETNS/LINK" or "rdma/NAME" */
void set_object(struct fake_world *w, const char *object, char **words);
