package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report writes medians, and how they compare.
func (b *bench) report() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %s, %s, %d users, %d sessions, %d rounds of %s: `%s`.\n\n",
		time.Now().UTC().Format("January 2006"), machine(), runtime.Version(), b.users, 3*b.users, b.rounds, b.duration, b.command())
	b.reportLoad(&out)
	b.reportServers(&out)
	b.reportHashes(&out)
	for _, m := range b.missing {
		fmt.Fprintf(&out, "\nNot in the tables: %s.\n", m)
	}
	return out.String()
}

func (b *bench) command() string {
	c := fmt.Sprintf("go run ./bench/cmd/compare -rounds %d -duration %s -users %d", b.rounds, b.duration, b.users)
	if b.only != "" {
		c += " -only " + b.only
	}
	return c
}

// machine names the processor, and how many there are.
func machine() string {
	name := runtime.GOARCH
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			name = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d processors %s", runtime.NumCPU(), name)
}

func (b *bench) reportLoad(out *strings.Builder) {
	if len(b.samples) == 0 {
		return
	}
	out.WriteString("| workload | server | CPU per request (µs) | of its database (µs) | p50 (ms) | p99 (ms) | times the first | times bare net/http |\n|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, w := range b.workloads() {
		first, bare := b.total(w.name, w.servers[0]), b.bare(w)
		for _, name := range w.servers {
			s := b.samples[w.name][name]
			if len(s) == 0 {
				continue
			}
			database, times := "", ""
			if p := b.process(name); p != nil && p.database != nil {
				database = fmt.Sprintf("%.1f", median(s, func(s sample) float64 { return float64(s.database) / 1e3 }))
			}
			if own := b.cpu(w.name, name); bare > 0 && own < 100*bare {
				times = fmt.Sprintf("%.2f", own/bare)
			}
			fmt.Fprintf(out, "| %s %s | %s | %.1f | %s | %.2f | %.2f | %.2f | %s |\n", w.name, w.what, name, b.cpu(w.name, name), database,
				median(s, func(s sample) float64 { return float64(s.p50) / 1e6 }),
				median(s, func(s sample) float64 { return float64(s.p99) / 1e6 }), b.total(w.name, name)/first, times)
		}
	}
}

// bare is what net/http by itself takes: measured between the servers of the
// same workload where it has it, which the noise of a machine moves least.
func (b *bench) bare(w workload) float64 {
	if slices.Contains(w.servers, floorBare) {
		return b.cpu(w.name, floorBare)
	}
	return b.cpu("W1", floorBare)
}

func (b *bench) reportServers(out *strings.Builder) {
	if len(b.running) == 0 {
		return
	}
	out.WriteString("\n| server | ready after (ms) | idle (MB) | peak (MB) |\n|---|---:|---:|---:|\n")
	for _, p := range b.running {
		fmt.Fprintf(out, "| %s | %.0f | %.1f | %.1f |\n", p.name,
			median(p.ready, func(d time.Duration) float64 { return float64(d) / 1e6 }), float64(p.idle)/1024, float64(p.status("VmHWM"))/1024)
	}
}

func (b *bench) reportHashes(out *strings.Builder) {
	if len(b.hashes) == 0 {
		return
	}
	out.WriteString("\n| scrypt, N=16384 r=16 p=1 | CPU (ms) | a second and processor | times Watchword |\n|---|---:|---:|---:|\n")
	milliseconds := func(h hashed) float64 {
		return median(h.took, func(d time.Duration) float64 { return float64(d) / 1e6 })
	}
	for _, h := range b.hashes {
		if own := milliseconds(h); own > 0 {
			fmt.Fprintf(out, "| %s | %.1f | %.1f | %.2f |\n", h.name, own, 1000/own, own/milliseconds(b.hashes[0]))
		}
	}
}

// cpu is the processor time of the server in µs, total with its database.
func (b *bench) cpu(workload, server string) float64 {
	return median(b.samples[workload][server], func(s sample) float64 { return float64(s.cpu) / 1e3 })
}

func (b *bench) total(workload, server string) float64 {
	return median(b.samples[workload][server], func(s sample) float64 { return float64(s.cpu+s.database) / 1e3 })
}

func median[V any](samples []V, of func(V) float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(samples), func(a, b V) int { return cmp.Compare(of(a), of(b)) })
	return of(sorted[len(sorted)/2])
}

const (
	begin = "<!-- bench: begin -->"
	end   = "<!-- bench: end -->"
)

// splice puts the report between the markers of a document.
func splice(path, report string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(data), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s lacks the markers %s and %s", path, begin, end)
	}
	return os.WriteFile(path, []byte(head+begin+"\n"+report+end+tail), 0o644)
}
