"""A signing certificate of one's own making, for an installation that has none from a certification authority."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.x509.oid import NameOID, ObjectIdentifier

RSA_BITS = 3072
CA_LIFE = timedelta(days=3652)
SIGNER_LIFE = timedelta(days=1826)
# How a self-made authority is known again, whatever else it is called: the page of a certificate says so.
SELF_ISSUED = "Self-issued (自己発行)"
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


@dataclass(frozen=True, slots=True, repr=False)
class SelfMade:
    """`key`: the signer's private key (PKCS #8, PEM). `chain`: its certificate, then the authority's. `authority`: that alone."""

    key: bytes
    chain: bytes
    authority: bytes


def self_made(organisation: str, now: datetime, passphrase: str | None = None, *, bits: int = RSA_BITS) -> SelfMade:
    """Return a new authority with one signing certificate for `organisation`, good from `now`.

    The authority's private key is thrown away when this returns: nobody, the operator included, can ever make a second
    certificate in its name. A new signing certificate takes a new authority.
    """
    ca_key, key = _key(bits), _key(bits)
    ca_name = _name(organisation, f"{organisation} 自己発行認証局 {now:%Y}", SELF_ISSUED)
    name = _name(organisation, f"{organisation} 保証証書署名 {now:%Y}")
    ca = _authority(ca_name, ca_key, now)
    certificate = _signer(name, key.public_key(), ca, now).sign(ca_key, hashes.SHA256())
    authority = ca.public_bytes(serialization.Encoding.PEM)
    return SelfMade(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _encryption(passphrase)),
        certificate.public_bytes(serialization.Encoding.PEM) + authority,
        authority,
    )


def is_self_made(certificate: x509.Certificate) -> bool:
    """Tell whether `certificate` was signed by an authority that `self_made` made."""
    units = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return SELF_ISSUED in {unit.value for unit in units}


def _key(bits: int) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=bits)


def _encryption(passphrase: str | None) -> serialization.KeySerializationEncryption:
    if passphrase is None:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(passphrase.encode())


def _name(organisation: str, common: str, unit: str | None = None) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, organisation)]
    if unit is not None:
        parts.append((NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append((NameOID.COMMON_NAME, common[:64]))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _builder(subject: x509.Name, issuer: x509.Name, now: datetime, life: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.replace(microsecond=0))
        .not_valid_after(now.replace(microsecond=0) + life)
    )


def _authority(name: x509.Name, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _builder(name, name, now, CA_LIFE)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _signer(name: x509.Name, key: RSAPublicKey, ca: x509.Certificate, now: datetime) -> x509.CertificateBuilder:
    issuer = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _builder(name, ca.subject, now, SIGNER_LIFE)
        .public_key(key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
    )


def _usage(*allowed: str) -> x509.KeyUsage:
    """Return the key usage with these uses only; `content_commitment` is X.509's nonRepudiation."""
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{use: use in allowed for use in every})
