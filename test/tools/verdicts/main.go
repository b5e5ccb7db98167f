// Verdicts answers, one JSON line for each line read, what Ignition itself makes of a config: the verdict of
// ignition-validate, or the merge of two configs. It exists because starting ignition-validate a thousand times is slow.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/coreos/ignition/v2/config"
	"github.com/coreos/ignition/v2/config/v3_4"
	"github.com/coreos/ignition/v2/config/v3_4/types"
	"github.com/coreos/vcontext/report"
)

// question is either a config to validate or two configs to merge, each as raw JSON.
type question struct {
	Validate json.RawMessage `json:"validate"`
	Parent   json.RawMessage `json:"parent"`
	Child    json.RawMessage `json:"child"`
}

// entry is one finding, with its path from the config's root ("$.storage.files.0.path").
type entry struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

type answer struct {
	Valid    bool          `json:"valid"`
	Errors   []entry       `json:"errors,omitempty"`
	Warnings []entry       `json:"warnings,omitempty"`
	Merged   *types.Config `json:"merged,omitempty"`
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64<<20)
	output := json.NewEncoder(os.Stdout)
	for input.Scan() {
		var asked question
		if err := json.Unmarshal(input.Bytes(), &asked); err != nil {
			fail(err)
		}
		given, err := reply(asked)
		if err != nil {
			fail(err)
		}
		if err := output.Encode(given); err != nil {
			fail(err)
		}
	}
	if err := input.Err(); err != nil {
		fail(err)
	}
}

func reply(asked question) (answer, error) {
	if asked.Validate != nil {
		return verdict(asked.Validate), nil
	}
	parent, _, err := v3_4.Parse(asked.Parent)
	if err != nil {
		return answer{}, fmt.Errorf("parent: %w", err)
	}
	child, _, err := v3_4.Parse(asked.Child)
	if err != nil {
		return answer{}, fmt.Errorf("child: %w", err)
	}
	merged := v3_4.Merge(parent, child)
	return answer{Valid: true, Merged: &merged}, nil
}

// verdict judges as ignition-validate does: by the report and by the error.
func verdict(raw []byte) answer {
	_, rpt, err := config.Parse(raw)
	result := answer{Valid: err == nil && !rpt.IsFatal()}
	for _, found := range rpt.Entries {
		line := entry{Path: found.Context.String(), Message: found.Message}
		if found.Kind.IsFatal() {
			result.Errors = append(result.Errors, line)
		} else if found.Kind == report.Warn {
			result.Warnings = append(result.Warnings, line)
		}
	}
	if err != nil && len(result.Errors) == 0 {
		result.Errors = append(result.Errors, entry{Path: "$", Message: err.Error()})
	}
	return result
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
