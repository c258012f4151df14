/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platform certificates: who made a machine says which TPM and which
 * components it put in.  Attribute certificates (RFC 5755) with the
 * attributes of the TCG Platform Certificate Profile 1.0 and 1.1 and, as
 * older makers have it, of the TCG Credential Profiles 1.2.  Pure; nothing is
 * copied: every view lies in the certificate that was read.
 */
#ifndef ASSAY_PLATFORM_CERT_H
#define ASSAY_PLATFORM_CERT_H

#include "curves.h"
#include "signed.h"

enum { PLATFORM_CERT_MAX = 64 << 10 };

/* URIReference (profile 1.1, 3.1.6 and annex); empty when absent. */
struct uri_reference {
	struct bytes uri;
	struct bytes hash_oid, hash; /* of what lies there, or empty */
};

/* TCGSpecificationVersion */
struct platform_version {
	bool known;
	uint64_t major, minor, revision;
};

/* TBBSecurityAssertions (profile 1.1, 3.1.1): what the maker claims. */
struct platform_assertions {
	bool known;
	uint64_t version;
	bool has_cc; /* CommonCriteriaMeasures */
	struct bytes cc_version;
	uint64_t cc_level, cc_status;
	bool cc_plus, has_cc_strength;
	uint64_t cc_strength;
	struct bytes profile_oid, target_oid;
	struct uri_reference profile, target;
	bool has_fips;
	struct bytes fips_version;
	uint64_t fips_level;
	bool fips_plus;
	bool has_rtm;
	uint64_t rtm; /* MeasurementRootType */
	bool iso9000;
	struct bytes iso9000_uri;
};

/* Whose certificate it is (RFC 5755, 4.2.2); empty what is absent. */
struct platform_holder {
	struct bytes issuer, serial; /* baseCertificateID: of the EK's */
	struct bytes name;           /* entityName: the EK's subject */
	bool other; /* told in another way, too, which is not compared */
};

/* What is said of the machine, as subject alternative name. */
struct platform_names {
	struct bytes manufacturer, manufacturer_id, model, version, serial;
};

struct platform_cert {
	struct signed_der whole;
	struct bytes algorithm; /* OID of the signature's algorithm */
	struct platform_holder holder;
	struct bytes issuer; /* Name, the element */
	struct bytes serial; /* INTEGER, its content */
	int64_t not_before, not_after;
	struct platform_names names;
	struct platform_version specification, credential;
	struct bytes platform_class; /* four bytes, or text */
	bool class_is_text;
	struct bytes type; /* OID of what it is for, or empty */
	struct platform_assertions assertions;
	struct uri_reference config;
	unsigned config_version; /* of the list of components; 0: none */
	struct bytes components, properties; /* lists, see below */
	struct uri_reference components_at, properties_at;
	struct bytes authority_key; /* key identifier of the issuer */
	bool no_revocation;         /* noRevAvail (RFC 5755, 4.3.6) */
	struct bytes policies, revocation_at, information_at; /* extensions */
	struct bytes attributes, more_attributes, extensions;
	struct bytes critical; /* OID of a critical extension, not known here */
	unsigned seen_attributes, seen_extensions;
	const char *fault; /* what was malformed */
};

/*
 * Read one in DER, nothing after it.  Attributes and extensions that are not
 * known are kept; look at CRITICAL.  PLATFORM_MALFORMED: FAULT says where.
 */
enum status platcert_parse(struct bytes der, struct platform_cert *out);

/*
 * Is it of the endorsement key whose certificate, DER without padding, is EK:
 * the number byte for byte, its issuer and, when it is named, its subject by
 * name_same?
 * PLATFORM_HOLDER_FORM, PLATFORM_HOLDER_MISMATCH, EK_MALFORMED.
 */
enum status platcert_check_holder(
    const struct platform_cert *in, struct bytes ek);

/* Attribute (RFC 5755, 4.2.7) of a list; VALUES is the content of its SET. */
struct platform_attribute {
	struct bytes oid, values;
};
bool platcert_attribute_next(struct reader *r, struct platform_attribute *out);

/* Is it one that is looked into? */
bool platcert_attribute_known(struct bytes oid);
bool platcert_extension_known(struct bytes oid);

/* ComponentIdentifier (profile 1.1, 3.1.6), of both versions. */
struct platform_component {
	struct bytes class_registry, class_value;
	struct bytes manufacturer, model, serial, revision;
	struct bytes manufacturer_id;
	bool has_replaceable, replaceable;
	struct bytes addresses; /* a list */
	struct bytes cert;      /* CertificateIdentifier, its content */
	struct uri_reference cert_at;
	bool has_status;
	uint64_t status; /* AttributeStatus, in a delta */
};

/* Read the next of a list; false at the end and when R fails. */
bool platcert_component_next(
    struct reader *r, unsigned version, struct platform_component *out);

/* ComponentAddress: a MAC address, by the OID of its kind. */
struct platform_address {
	struct bytes oid, value;
};
bool platcert_address_next(struct reader *r, struct platform_address *out);

struct platform_property {
	struct bytes name, value;
	bool has_status;
	uint64_t status;
};
bool platcert_property_next(
    struct reader *r, unsigned version, struct platform_property *out);

#endif
