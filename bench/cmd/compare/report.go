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

// report writes medians, then the ratios that matter.
func (b *bench) report() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %d processors, %s, %d users, %d sessions, %d rounds of %s.\n\n",
		time.Now().UTC().Format("January 2006"), runtime.NumCPU(), runtime.Version(), b.users, 3*b.users, b.rounds, b.duration)
	out.WriteString("| workload | server | CPU per request (µs) | requests a second | p50 (ms) | p99 (ms) | times Watchword |\n|---|---|---:|---:|---:|---:|---:|\n")
	for _, w := range b.workloads() {
		ours := b.cpu(w.name, w.targets[0].name)
		for _, t := range w.targets {
			s := b.samples[w.name][t.name]
			if len(s) == 0 {
				continue
			}
			own := b.cpu(w.name, t.name)
			fmt.Fprintf(&out, "| %s %s | %s | %.1f | %.0f | %.2f | %.2f | %.2f |\n", w.name, w.what, t.name, own,
				median(s, func(s sample) float64 { return s.rps }),
				median(s, func(s sample) float64 { return float64(s.p50) / 1e6 }),
				median(s, func(s sample) float64 { return float64(s.p99) / 1e6 }), own/ours)
		}
	}
	out.WriteString("\n| server | ready after (ms) | idle (MB) | peak (MB) |\n|---|---:|---:|---:|\n")
	for _, p := range b.processes {
		fmt.Fprintf(&out, "| %s | %.0f | %.1f | %.1f |\n", p.name, float64(p.ready)/1e6, float64(p.idle)/1024, float64(p.status("VmHWM"))/1024)
	}
	return out.String()
}

func (b *bench) cpu(workload, target string) float64 {
	return median(b.samples[workload][target], func(s sample) float64 { return float64(s.cpu) / 1e3 })
}

func median(samples []sample, of func(sample) float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(samples), func(a, b sample) int { return cmp.Compare(of(a), of(b)) })
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
