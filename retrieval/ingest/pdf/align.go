package pdf

import "context"

const (
	// minRun is the minimum number of letters in a row that are taken for the same
	// text. A shorter text is found only as a whole. Not measured.
	minRun = 8
	// maxRuns is the maximum number of such runs. A row of a table whose cells have
	// several lines takes one for each line.
	maxRuns = 12
	// reach is how far from the first run the others may stand, in lengths of the whole.
	reach = 3
)

// align returns, for each letter of wanted, the index of the same letter in there, or
// -1. It takes the longest run of letters that both have, then the longest one in
// what is left of both and near the first run, and so on. This finds text whose parts
// stand in another order on a page, and text of which a page has only a part. The time
// is at most maxRuns times the product of the lengths.
func align(ctx context.Context, wanted, there []rune) ([]int, error) {
	matched := make([]int, len(wanted))
	for i := range matched {
		matched[i] = -1
	}
	least := min(minRun, len(wanted))
	taken := make([]bool, len(there))
	low, high := 0, len(there)
	for run := range maxRuns {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		n, i, j := longestRun(wanted, there[low:high], matched, taken[low:high])
		if n == 0 || n < least {
			break
		}
		j += low
		for k := range n {
			matched[i+k], taken[j+k] = j+k, true
		}
		if run == 0 {
			low, high = max(0, j-reach*len(wanted)), min(len(there), j+n+reach*len(wanted))
		}
	}
	return matched, nil
}

// longestRun returns the length of the longest run of equal letters that are not
// matched yet, and where it begins in wanted and in there. Of several, it returns the
// first.
func longestRun(wanted, there []rune, matched []int, taken []bool) (n, i, j int) {
	// ending[k+1] is the length of the run that ends at wanted[a] and there[k].
	ending := make([]int, len(there)+1)
	for a, r := range wanted {
		if matched[a] >= 0 {
			clear(ending)
			continue
		}
		for k := len(there) - 1; k >= 0; k-- {
			if there[k] != r || taken[k] {
				ending[k+1] = 0
				continue
			}
			ending[k+1] = ending[k] + 1
			if l := ending[k+1]; l > n || l == n && a-l+1 == i && k-l+1 < j {
				n, i, j = l, a-l+1, k-l+1
			}
		}
	}
	return n, i, j
}
