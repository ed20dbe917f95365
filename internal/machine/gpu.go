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

// smiTime bounds nvidia-smi, which hangs when the driver does.
const smiTime = 5 * time.Second

// findGPU asks NVIDIA's own program, then its driver. Others are found by who
// uses them: Ollama says how much of a loaded model is on a card.
func findGPU(ctx context.Context) *GPU {
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		return &GPU{Name: "Apple", Shared: true}
	}
	if program, err := exec.LookPath("nvidia-smi"); err == nil {
		asking, done := context.WithTimeout(ctx, smiTime)
		defer done()
		cmd := exec.CommandContext(asking, program, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
		cmd.WaitDelay = time.Second // a child of a script that answers to the name may hold the pipe
		if out, err := cmd.Output(); err == nil {
			if gpu := parseSMI(string(out)); gpu != nil {
				return gpu
			}
		}
	}
	return driverGPU(os.DirFS("/"))
}

// parseSMI reads lines "NAME, MEBIBYTES" and returns the card with the most
// memory; nil where no line is one.
func parseSMI(out string) *GPU {
	var best *GPU
	for line := range strings.Lines(out) {
		i := strings.LastIndex(line, ",")
		if i < 1 {
			continue
		}
		mib, err := strconv.ParseInt(strings.TrimSpace(line[i+1:]), 10, 64)
		if err != nil || mib < 0 || mib > 1<<30 {
			mib = 0 // such as "[N/A]": the card is there, its memory is not known
		}
		if gpu := (&GPU{Name: strings.TrimSpace(line[:i]), Memory: mib << 20}); best == nil || gpu.Memory > best.Memory {
			best = gpu
		}
	}
	return best
}

// driverGPU reads what NVIDIA's driver says on Linux, which is no memory.
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
