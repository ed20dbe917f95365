package machine

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// smiTime limits the time of nvidia-smi, which hangs if the driver hangs.
const smiTime = 5 * time.Second

// findGPU asks NVIDIA's program, then its driver. Other cards are found by
// their users: Ollama reports how much of a loaded model is on a card.
func findGPU(ctx context.Context) *GPU {
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		return &GPU{Name: "Apple", Shared: true}
	}
	if program, err := exec.LookPath("nvidia-smi"); err == nil {
		asking, done := context.WithTimeout(ctx, smiTime)
		defer done()
		cmd := exec.CommandContext(asking, program, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
		cmd.WaitDelay = time.Second // a child of a script with that name may hold the pipe
		if out, err := cmd.Output(); err == nil {
			if gpu := parseSMI(string(out)); gpu != nil {
				return gpu
			}
		}
	}
	return driverGPU(os.DirFS("/"))
}

// parseSMI parses lines "NAME, MEBIBYTES" and returns the card with the most
// memory, or nil if there is none.
func parseSMI(out string) *GPU {
	var best *GPU
	for line := range strings.Lines(out) {
		i := strings.LastIndex(line, ",")
		if i < 1 {
			continue
		}
		mib, err := strconv.ParseInt(strings.TrimSpace(line[i+1:]), 10, 64)
		if err != nil || mib < 0 || mib > 1<<30 {
			mib = 0 // such as "[N/A]": there is a card, but its memory is unknown
		}
		if gpu := (&GPU{Name: strings.TrimSpace(line[:i]), Memory: mib << 20}); best == nil || gpu.Memory > best.Memory {
			best = gpu
		}
	}
	return best
}

// driverGPU reads the card from NVIDIA's driver on Linux, which does not report
// memory.
func driverGPU(root fs.FS) *GPU {
	files, err := fs.Glob(root, "proc/driver/nvidia/gpus/*/information")
	if err != nil {
		return nil
	}
	for _, file := range files {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if name, ok := strings.CutPrefix(line, "Model:"); ok {
				return &GPU{Name: strings.TrimSpace(name)}
			}
		}
	}
	return nil
}
