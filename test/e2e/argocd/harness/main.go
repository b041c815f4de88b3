// Argo CD in one process, for test/e2e/stages/argocd.ts: its repo server, its ApplicationSet controller and the project checks of its
// application controller, on a fake Kubernetes API and a git repository on disk: `argocd-harness judge REQUEST ANSWER`, both files of JSON. `argocd-harness live REQUEST` runs
// the controllers themselves on a real API server.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/go-logr/logr"
	log "github.com/sirupsen/logrus"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

type request struct {
	// Argo CD's settings, the clusters that it knows and the branch it follows, commit by commit.
	Hub *hubRequest `json:"hub"`
	// Questions to its functions, each for itself.
	Questions *questions `json:"questions"`
}

type response struct {
	Steps   []stepResult `json:"steps,omitempty"`
	Answers *answers     `json:"answers,omitempty"`
}

func main() {
	log.SetOutput(os.Stderr)
	log.SetLevel(log.WarnLevel)
	ctrllog.SetLogger(logr.Discard())
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "judge":
		var asked request
		if err := read(os.Args[2], &asked); err != nil {
			return err
		}
		told, err := judge(ctx, asked)
		if err != nil {
			return err
		}
		answer, err := json.Marshal(told)
		if err != nil {
			return err
		}
		return os.WriteFile(os.Args[3], answer, 0o600)
	case len(os.Args) == 3 && os.Args[1] == "live":
		var asked liveRequest
		if err := read(os.Args[2], &asked); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
		defer stop()
		defer giveBack(asked.Folder)
		return live(ctx, asked)
	}
	return errors.New("argocd-harness judge REQUEST ANSWER | argocd-harness live REQUEST")
}

func read(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func judge(ctx context.Context, asked request) (told response, err error) {
	if asked.Hub != nil {
		defer giveBack(asked.Hub.Folder)
		hub, err := newHub(ctx, *asked.Hub)
		if err != nil {
			return told, err
		}
		for _, step := range asked.Hub.Steps {
			result, err := hub.step(ctx, step)
			if err != nil {
				return told, fmt.Errorf("commit %s: %w", step.Commit, err)
			}
			told.Steps = append(told.Steps, result)
		}
	}
	if asked.Questions != nil {
		told.Answers = asked.Questions.answer()
	}
	return told, nil
}

// Argo CD takes all rights from the folders that it does not read at the moment, whoever may have to remove them.
func giveBack(folder string) {
	_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, _ error) error {
		if entry != nil && entry.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return nil
	})
}
