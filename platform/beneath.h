/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading beneath a directory that was opened once.  A path is walked part
 * by part and no symbolic link is followed, so nothing outside the directory
 * is reached, whoever made the tree.
 */
#ifndef ASSAY_BENEATH_H
#define ASSAY_BENEATH_H

#include "bytes.h"
#include "status.h"

/*
 * Open PATH itself (links in it are the caller's own) as *FD.  The caller
 * closes it.  FILE_MISSING, PERMISSION or FILE_READ.
 */
enum status beneath_root(const char *path, int *fd);

/*
 * Open the directory at the relative PATH below DIR, with every part a real
 * directory and none "..".  The caller closes *FD.
 */
enum status beneath_dir(int dir, struct bytes path, int *fd);

/*
 * Read the regular file NAME in DIR, at most CAP bytes of it: FILE_TOO_LARGE
 * when there are more.  SECRET insists that nobody but its owner has any
 * access (FILE_MODE).  Never waits on a pipe or a device.
 */
enum status beneath_read(
    int dir, const char *name, bool secret, void *buf, size_t cap, size_t *n);

/*
 * Where the symbolic link NAME in DIR points, as a string in the CAP bytes
 * at OUT; false when it is not a link or does not fit.
 */
bool beneath_link(int dir, const char *name, char *out, size_t cap);

/*
 * The first entry of DIR, in the order of bytes, whose name begins with
 * PREFIX, as a string in the CAP bytes at OUT; false when there is none.
 */
bool beneath_first(int dir, const char *prefix, char *out, size_t cap);

#endif
