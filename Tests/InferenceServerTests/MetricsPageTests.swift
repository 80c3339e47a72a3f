import LinuxSystem
import Testing

@testable import InferenceServer

/// The parts of the page that do not depend on a model.
@Suite struct MetricsPageTests {
    private func page(_ allocator: AllocatorFigures?) -> String {
        let figures = MetricsPage.ProcessFigures(
            openConnections: 7, residentBytes: 4_096, cpuSeconds: 0.5, startTimeSeconds: 12, allocator: allocator)
        var page = ByteBuffer()
        MetricsPage(registry: MetricsRegistry(), process: figures).write(to: &page)
        return page.withBytes { $0.text($0.indices) }
    }

    @Test func `what the allocator says stands on the page, if it says anything`() {
        let lines = page(AllocatorFigures(allocated: 1, active: 2, resident: 3)).split(separator: "\n")
        for line in [
            "rowan_allocator_allocated_bytes 1", "rowan_allocator_active_bytes 2", "rowan_allocator_resident_bytes 3",
            "rowan_connections 7",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(!page(nil).contains("allocator") && page(nil).contains("\nrowan_connections 7\n"))
    }
}
