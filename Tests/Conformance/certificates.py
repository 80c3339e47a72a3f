"""Certificates that openssl makes for tests: an authority and what it has signed, each with names and days."""

import subprocess


class Authority:
    """Makes its files below a folder; every certificate is a pair `name.pem`, `name.key`."""

    def __init__(self, folder, name="authority"):
        self.folder = folder
        self.pem = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"
        self._openssl(
            "req", "-x509", *self._new_key(self.key), "-out", self.pem, "-days", "30", "-subj", f"/CN=Test {name}"
        )

    def sign(self, name, subject="localhost", names="DNS:localhost,IP:127.0.0.1", days=30, usage="serverAuth"):
        """Makes a pair and returns both paths; it replaces one of the same name in two steps, the key first."""
        pem, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage={usage}\n")
        self._openssl("req", *self._new_key(key), "-out", request, "-subj", f"/O=Test/CN={subject}")
        self._openssl(
            "x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.key, "-days", days, "-extfile", extensions,
            "-out", pem,
        )  # fmt: skip
        return pem, key

    def staple(self, pem, path, days=7):
        """Writes an OCSP response that says that a certificate is good."""
        serial = self._openssl("x509", "-in", pem, "-noout", "-serial").strip().split("=")[1]
        index = self.folder / "index"
        index.write_text(f"V\t401231235959Z\t\t{serial}\tunknown\t/O=Test/CN=localhost\n")
        self._openssl(
            "ocsp", "-index", index, "-rsigner", self.pem, "-rkey", self.key, "-CA", self.pem, "-issuer", self.pem,
            "-serial", f"0x{serial}", "-ndays", days, "-respout", path,
        )  # fmt: skip
        return path

    @staticmethod
    def _new_key(path):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout
