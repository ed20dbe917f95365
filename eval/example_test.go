package eval_test

import (
	"fmt"

	"selfrag/eval"
)

// The second of two relevant documents is found at the fourth place.
func ExampleNDCGAt() {
	ranking := []string{"a", "b", "c", "d"}
	judged := map[string]int{"a": 1, "d": 1}
	fmt.Printf("nDCG@4 %.3f, recall@3 %.1f\n", eval.NDCGAt(4, ranking, judged), eval.RecallAt(3, ranking, judged))
	// Output: nDCG@4 0.877, recall@3 0.5
}

// English is compared by words, without articles; Korean by characters, so that a
// particle costs little.
func ExampleF1() {
	fmt.Printf("%.2f\n", eval.F1("en", "The two lanes", []string{"two lanes"}))
	fmt.Printf("%.2f\n", eval.F1("ko", "두 개의 차로", []string{"차로 두 개"}))
	// Output:
	// 1.00
	// 0.89
}

// Two ways to answer, by the F1 of the same eight questions.
func ExamplePermutationP() {
	differences := []float64{0.2, 0.1, 0.3, 0, 0.2, 0.4, 0.1, 0.3} // b - a
	of := eval.BootstrapMean(differences, 0.95, 1000, 1)
	fmt.Printf("p %.4f, between %.1f and %.1f\n", eval.PermutationP(differences, 1000, 1), of.Low, of.High)
	// Output: p 0.0156, between 0.1 and 0.3
}
