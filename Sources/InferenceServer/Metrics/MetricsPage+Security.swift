import EventLoops
import LinuxSystem

/// Figures of TLS.
extension MetricsPage {
    static func write(_ figures: ProcessFigures.SecurityFigures, to page: inout ByteBuffer) {
        page.appendFamily("rowan_tls_handshakes_total", "counter", "TLS handshakes that were completed.")
        for success in HandshakeCounters.Success.allCases {
            page.append("rowan_tls_handshakes_total{")
            page.append(labels(of: success))
            page.append("} ")
            page.appendLine(figures.completed[success.rawValue])
        }
        page.appendFamily("rowan_tls_handshake_failures_total", "counter", "TLS handshakes that failed.")
        for kind in TLSFault.Kind.allCases {
            page.append("rowan_tls_handshake_failures_total{reason=\"")
            page.append(kind.label)
            page.append("\"} ")
            page.appendLine(figures.failed[Int(kind.rawValue)])
        }
        page.appendFamily("rowan_tls_reloads_total", "counter", "Certificates that were read anew.")
        page.append("rowan_tls_reloads_total{result=\"success\"} ")
        page.appendLine(figures.reloads)
        page.append("rowan_tls_reloads_total{result=\"failure\"} ")
        page.appendLine(figures.failedReloads)
        page.appendFamily(
            "rowan_tls_certificate_not_after_seconds", "gauge", "End of a certificate in use since the epoch.")
        for certificate in figures.certificates {
            page.append("rowan_tls_certificate_not_after_seconds{port=\"")
            page.append(certificate.port.rawValue)
            page.append("\",name=\"")
            page.append(escaped(certificate.name))
            page.append("\"} ")
            page.appendDecimal(Int(certificate.notAfter))
            page.append("\n")
        }
    }

    private static func labels(of success: HandshakeCounters.Success) -> StaticString {
        switch success {
        case .tls12: "version=\"1.2\",resumed=\"0\""
        case .tls12Resumed: "version=\"1.2\",resumed=\"1\""
        case .tls13: "version=\"1.3\",resumed=\"0\""
        case .tls13Resumed: "version=\"1.3\",resumed=\"1\""
        }
    }
}
