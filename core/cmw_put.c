/* SPDX-License-Identifier: Apache-2.0 */
/* Writing CMW records. */
#include "cmw.h"

void
cmw_put_record(struct writer *w, const struct cmw_record *rec)
{
	dcbor_put_array(w, rec->ind == 0 ? 2 : 3);
	if (rec->type_text.n > 0)
		dcbor_put_tstr(w, rec->type_text);
	else
		dcbor_put_uint(w, rec->type_cf);
	dcbor_put_bstr(w, rec->value);
	if (rec->ind != 0)
		dcbor_put_uint(w, rec->ind);
}
