package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/app/path"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

type step struct {
	// Where the branch goes.
	Commit string `json:"commit"`
	// What a person applies by hand.
	Apply []*unstructured.Unstructured `json:"apply"`
	// ApplicationSets that a person deletes.
	Delete []string `json:"delete"`
	// Names of the Applications to render; all where there are none. Rendering takes a process each.
	Render []string `json:"render"`
}

type stepResult struct {
	ApplicationSets []applicationSetResult `json:"applicationSets"`
	Applications    []applicationResult    `json:"applications"`
	// What Argo CD says of the AppProjects, by name; nothing when all is well.
	Projects map[string]string `json:"projects"`
	// Seconds that the ApplicationSet controller took, and the rendering.
	Generating float64 `json:"generating"`
	Rendering  float64 `json:"rendering"`
}

type applicationSetResult struct {
	Name string `json:"name"`
	// `Type=Status Reason: message`.
	Conditions []string `json:"conditions"`
	// Generators that Argo CD does not know.
	Invalid string `json:"invalid,omitempty"`
	// Seconds until it looks again.
	RequeueAfter float64 `json:"requeueAfter"`
}

type applicationResult struct {
	Object *v1alpha1.Application `json:"object"`
	// What the application controller would show as a condition.
	Conditions []string `json:"conditions"`
	// Whether the commit concerns it: it is new, or a file changed that it says it is generated from.
	Refreshed bool `json:"refreshed"`
	// Only of a refreshed one that was to be rendered.
	Rendered *rendered `json:"rendered,omitempty"`
}

type rendered struct {
	SourceType string `json:"sourceType"`
	// In the order of the output, as JSON.
	Manifests []string `json:"manifests"`
	// Why the project forbids objects, and what else would be shown of them.
	Refusals []string `json:"refusals"`
}

// step lets Argo CD see a commit: its own Applications first, which bring ApplicationSets, then what comes of these.
func (h *hub) step(ctx context.Context, asked step) (stepResult, error) {
	move := exec.CommandContext(ctx, "git", "--git-dir", h.request.GitDir, "update-ref", h.request.Branch, asked.Commit)
	if output, err := move.CombinedOutput(); err != nil {
		return stepResult{}, fmt.Errorf("%w: %s", err, output)
	}
	h.fetched, h.projects = false, map[string]*v1alpha1.AppProject{}
	for _, object := range asked.Apply {
		if err := h.apply(ctx, object); err != nil {
			return stepResult{}, err
		}
	}
	for _, name := range asked.Delete {
		set := &v1alpha1.ApplicationSet{}
		set.Namespace, set.Name = h.request.Namespace, name
		if err := h.client.Delete(ctx, set); err != nil {
			return stepResult{}, err
		}
	}

	result := stepResult{ApplicationSets: []applicationSetResult{}, Applications: []applicationResult{}, Projects: map[string]string{}}
	seen := map[string]bool{}
	for {
		own, err := h.unseen(ctx, seen, true)
		if err != nil {
			return result, err
		}
		if len(own) == 0 {
			break
		}
		for i := range own {
			if err := h.sync(ctx, &own[i], asked, &result, true); err != nil {
				return result, err
			}
		}
	}
	begin := time.Now()
	if err := h.reconcile(ctx, &result); err != nil {
		return result, err
	}
	result.Generating = time.Since(begin).Seconds()
	begin = time.Now()
	others, err := h.unseen(ctx, seen, false)
	if err != nil {
		return result, err
	}
	for i := range others {
		if err := h.sync(ctx, &others[i], asked, &result, false); err != nil {
			return result, err
		}
	}
	result.Rendering = time.Since(begin).Seconds()

	var projects v1alpha1.AppProjectList
	if err := h.client.List(ctx, &projects); err != nil {
		return result, err
	}
	for i := range projects.Items {
		result.Projects[projects.Items[i].Name] = ""
		if err := projects.Items[i].ValidateProject(); err != nil {
			result.Projects[projects.Items[i].Name] = err.Error()
		}
	}
	return result, nil
}

// unseen gives the Applications, by name: those for Argo CD's own namespace, or those for elsewhere.
func (h *hub) unseen(ctx context.Context, seen map[string]bool, own bool) ([]v1alpha1.Application, error) {
	var all v1alpha1.ApplicationList
	if err := h.client.List(ctx, &all); err != nil {
		return nil, err
	}
	slices.SortFunc(all.Items, func(a, b v1alpha1.Application) int { return strings.Compare(a.Name, b.Name) })
	return slices.DeleteFunc(all.Items, func(app v1alpha1.Application) bool {
		if (app.Spec.Destination.Namespace == h.request.Namespace) != own || seen[app.Name] {
			return true
		}
		seen[app.Name] = true
		return false
	}), nil
}

func (h *hub) reconcile(ctx context.Context, result *stepResult) error {
	var sets v1alpha1.ApplicationSetList
	if err := h.client.List(ctx, &sets); err != nil {
		return err
	}
	for i := range sets.Items {
		set := &sets.Items[i]
		key := client.ObjectKeyFromObject(set)
		// A new commit is told by a webhook, as by this annotation, or by waiting.
		if set.DeletionTimestamp == nil {
			patch := client.MergeFrom(set.DeepCopy())
			set.Annotations["argocd.argoproj.io/application-set-refresh"] = "true"
			if err := h.client.Patch(ctx, set, patch); err != nil {
				return err
			}
		}
		after, err := h.reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: key})
		if err != nil {
			return fmt.Errorf("ApplicationSet %s: %w", key.Name, err)
		}
		now := &v1alpha1.ApplicationSet{}
		if err := h.client.Get(ctx, key, now); err != nil {
			if client.IgnoreNotFound(err) == nil {
				continue
			}
			return err
		}
		told := applicationSetResult{Name: key.Name, Conditions: []string{}, RequeueAfter: after.RequeueAfter.Seconds()}
		if err := utils.CheckInvalidGenerators(now); err != nil {
			told.Invalid = err.Error()
		}
		for _, condition := range now.Status.Conditions {
			told.Conditions = append(told.Conditions, fmt.Sprintf("%s=%s %s: %s", condition.Type, condition.Status, condition.Reason, condition.Message))
		}
		result.ApplicationSets = append(result.ApplicationSets, told)
	}
	return nil
}

// sync is what the application controller does of an Application until there is a cluster to talk to.
func (h *hub) sync(ctx context.Context, app *v1alpha1.Application, asked step, result *stepResult, own bool) error {
	told := applicationResult{Object: app, Conditions: []string{}}
	defer func() { result.Applications = append(result.Applications, told) }()
	project, err := h.project(ctx, app.Spec.Project)
	if err != nil {
		told.Conditions = append(told.Conditions, err.Error())
		return client.IgnoreNotFound(err)
	}
	conditions, err := argo.ValidatePermissions(ctx, &app.Spec, project, h.db)
	if err != nil {
		return err
	}
	for _, condition := range conditions {
		told.Conditions = append(told.Conditions, condition.Message)
	}
	if len(conditions) > 0 {
		return nil
	}

	source := app.Spec.GetSource()
	repo, err := h.db.GetRepository(ctx, source.RepoURL, project.Name)
	if err != nil {
		return err
	}
	label, err := h.settings.GetAppInstanceLabelKey()
	if err != nil {
		return err
	}
	tracking, err := h.settings.GetTrackingMethod()
	if err != nil {
		return err
	}
	told.Refreshed = true
	if before, known := h.synced[app.Name]; known && app.Annotations[v1alpha1.AnnotationKeyManifestGeneratePaths] != "" {
		answer, err := h.repos.UpdateRevisionForPaths(ctx, &apiclient.UpdateRevisionForPathsRequest{
			Repo:              repo,
			Revision:          source.TargetRevision,
			SyncedRevision:    before,
			NoRevisionCache:   !h.fetched,
			Paths:             path.GetSourceRefreshPaths(app, source),
			AppName:           app.Name,
			Namespace:         app.Spec.Destination.Namespace,
			ApplicationSource: &source,
			AppLabelKey:       label,
			TrackingMethod:    tracking,
		})
		if err != nil {
			return err
		}
		h.fetched = true
		told.Refreshed = answer.Changes
	}
	h.synced[app.Name] = asked.Commit
	if !told.Refreshed || !own && len(asked.Render) > 0 && !slices.Contains(asked.Render, app.Name) {
		return nil
	}
	answer, err := h.repos.GenerateManifest(ctx, &apiclient.ManifestRequest{
		Repo:                            repo,
		Revision:                        source.TargetRevision,
		NoRevisionCache:                 !h.fetched,
		AppName:                         app.Name,
		Namespace:                       app.Spec.Destination.Namespace,
		ApplicationSource:               &source,
		KustomizeOptions:                &v1alpha1.KustomizeOptions{},
		AppLabelKey:                     label,
		TrackingMethod:                  tracking,
		ProjectName:                     project.Name,
		ProjectSourceRepos:              project.Spec.SourceRepos,
		AnnotationManifestGeneratePaths: app.Annotations[v1alpha1.AnnotationKeyManifestGeneratePaths],
	})
	if err != nil {
		told.Conditions = append(told.Conditions, err.Error())
		return nil
	}
	h.fetched = true
	told.Rendered = &rendered{SourceType: answer.SourceType, Manifests: answer.Manifests}
	objects := make([]*unstructured.Unstructured, len(answer.Manifests))
	for i, manifest := range answer.Manifests {
		if objects[i], err = v1alpha1.UnmarshalToUnstructured(manifest); err != nil {
			return err
		}
		if own {
			if err := h.apply(ctx, objects[i]); err != nil {
				return err
			}
		}
	}
	told.Rendered.Refusals, err = h.refusals(ctx, app, project, objects)
	return err
}

// project gives an AppProject as it is in this step: a large one takes long to read for each Application.
func (h *hub) project(ctx context.Context, name string) (*v1alpha1.AppProject, error) {
	if known := h.projects[name]; known != nil {
		return known, nil
	}
	project := &v1alpha1.AppProject{}
	if err := h.client.Get(ctx, client.ObjectKey{Namespace: h.request.Namespace, Name: name}, project); err != nil {
		return nil, err
	}
	h.projects[name] = project
	return project, nil
}
