/// Certificates that `openssl` has made for tests: an authority, what it has signed, and strangers.
///
/// Every name is that of a file pair, `name.pem` and `name.key`: `server` for localhost; `renewed`, its successor;
/// `other` for other.example and *.wild.example; `expired` and `future`, which are not valid now; `client`,
/// `client-expired`; `stranger`, which has signed itself; `rsa` with a key of the other kind; `small` with one that is
/// too short. `authority.pem` has signed all but the last three.
///
/// - Isolation: any thread.
package final class TestCertificates: Sendable {
    /// Made once for a process.
    package static let shared = TestCertificates()

    /// Where the files are.
    package let folder: String

    private init() {
        folder = BuiltProducts.folder + "/test-certificates"
        let script = TemporaryFolder()
        script.write(Self.script, to: "make.sh")
        do {
            let process = try ChildProcess("/bin/sh", ["-e", "\(script.path)/make.sh", folder])
            let ending = try process.waitForEnd(seconds: 120)
            precondition(ending == .exited(code: 0), "openssl makes certificates; see make.log in \(folder)")
        } catch {
            preconditionFailure("openssl makes certificates: \(error)")
        }
    }

    /// The path of a file.
    package func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The content of a file.
    package func bytes(_ name: String) -> [UInt8] {
        guard let bytes = TextFile.bytes(at: path(name)) else { preconditionFailure("no file \(name)") }
        return bytes
    }

    private static let script = """
        mkdir -p "$1"
        cd "$1"
        # Those of the last run serve again for a day, if they were made in the same way.
        if cmp -s "$0" made.sh && [ -n "$(find made.sh -mtime -1)" ]; then exit 0; fi
        exec 2> make.log
        curve="ec -pkeyopt ec_paramgen_curve:P-256"
        signed() { # name, common name, alternative names, days, usage
          openssl req -newkey $curve -nodes -keyout "$1.key" -out "$1.csr" -subj "/O=Test/CN=$2"
          printf 'subjectAltName=%s\\nextendedKeyUsage=%s\\n' "$3" "$5" > "$1.ext"
          openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -days "$4" -extfile "$1.ext" \\
            -out "$1.pem"
        }
        openssl req -x509 -newkey $curve -nodes -keyout authority.key -out authority.pem -days 30 \\
          -subj "/CN=Test authority"
        signed server localhost DNS:localhost,IP:127.0.0.1 30 serverAuth
        signed renewed localhost.renewed DNS:localhost,IP:127.0.0.1 60 serverAuth
        signed other other.example 'DNS:other.example,DNS:*.wild.example' 30 serverAuth
        signed expired localhost DNS:localhost,IP:127.0.0.1 -1 serverAuth
        signed client scraper DNS:scraper 30 clientAuth
        signed client-expired scraper DNS:scraper -1 clientAuth
        openssl req -x509 -newkey $curve -nodes -keyout stranger.key -out stranger.pem -days 30 -subj "/CN=stranger"
        openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days 30 -subj "/CN=localhost" \\
          -addext subjectAltName=DNS:localhost,IP:127.0.0.1
        openssl req -x509 -newkey rsa:512 -nodes -keyout small.key -out small.pem -days 30 -subj "/CN=small"
        openssl ec -in server.key -aes256 -passout pass:secret -out encrypted.key
        serial=$(openssl x509 -in server.pem -noout -serial | cut -d= -f2)
        printf 'V\\t401231235959Z\\t\\t%s\\tunknown\\t/O=Test/CN=localhost\\n' "$serial" > good.index
        printf 'R\\t401231235959Z\\t250101000000Z\\t%s\\tunknown\\t/O=Test/CN=localhost\\n' "$serial" > revoked.index
        for word in good revoked; do
          openssl ocsp -index $word.index -rsigner authority.pem -rkey authority.key -CA authority.pem \\
            -issuer authority.pem -serial "0x$serial" -ndays 7 -respout $word.ocsp > /dev/null
        done
        cp "$0" made.sh
        """
}
