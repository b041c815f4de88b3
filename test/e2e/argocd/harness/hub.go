package main

import (
	"context"
	"fmt"
	"path/filepath"

	appsets "github.com/argoproj/argo-cd/v3/applicationset/controllers"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/metrics"
	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/db"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/record"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlfake "sigs.k8s.io/controller-runtime/pkg/client/fake"
)

type hubRequest struct {
	// For what Argo CD clones.
	Folder string `json:"folder"`
	// Argo CD's own.
	Namespace string `json:"namespace"`
	// Of argocd-cm.
	Settings map[string]string `json:"settings"`
	// Bare, and stands in for every repository URL.
	GitDir string `json:"gitDir"`
	// The full name of the branch that moves to each step's commit.
	Branch string `json:"branch"`
	// Whether `*` of a files generator stays within a folder; Argo CD has both.
	NewGlobbing bool `json:"newGlobbing"`
	// Cluster Secrets, with their values in stringData.
	Secrets []corev1.Secret `json:"secrets"`
	Steps   []step          `json:"steps"`
}

type hub struct {
	request    hubRequest
	client     client.Client
	db         db.ArgoDB
	settings   *settings.SettingsManager
	repos      apiclient.RepoServerServiceClient
	reconciler *appsets.ApplicationSetReconciler
	// The commit that each Application was rendered from, by its name.
	synced map[string]string
	// Whether the repo server has seen where the branch is now; until then it is told not to go by what it remembers.
	fetched bool
	// AppProjects that were read in this step.
	projects map[string]*v1alpha1.AppProject
}

func newHub(ctx context.Context, asked hubRequest) (*hub, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	kube := fake.NewClientset(
		&corev1.ConfigMap{ObjectMeta: ownMeta(asked.Namespace, common.ArgoCDConfigMapName), Data: asked.Settings},
		&corev1.Secret{
			ObjectMeta: ownMeta(asked.Namespace, common.ArgoCDSecretName),
			Data:       map[string][]byte{"admin.password": nil, "server.secretkey": nil},
		},
	)
	for _, secret := range asked.Secrets {
		secret.Data = map[string][]byte{}
		for key, value := range secret.StringData {
			secret.Data[key] = []byte(value)
		}
		if _, err := kube.CoreV1().Secrets(asked.Namespace).Create(ctx, &secret, metav1.CreateOptions{}); err != nil {
			return nil, err
		}
	}
	api := ctrlfake.NewClientBuilder().
		WithScheme(scheme).
		WithStatusSubresource(&v1alpha1.ApplicationSet{}).
		WithIndex(&v1alpha1.Application{}, ".metadata.controller", ownerName).
		Build()
	manager := settings.NewSettingsManager(ctx, kube, asked.Namespace)
	informer, err := manager.GetClusterInformer()
	if err != nil {
		return nil, err
	}
	argodb := db.NewDB(asked.Namespace, manager, kube)
	repos, err := startRepoServer(filepath.Join(asked.Folder, "clones"), asked.GitDir)
	if err != nil {
		return nil, err
	}
	files := services.NewArgoCDService(argodb, false, repos, asked.NewGlobbing)
	return &hub{
		request:  asked,
		client:   api,
		db:       argodb,
		settings: manager,
		repos:    repos,
		reconciler: &appsets.ApplicationSetReconciler{
			Client:   api,
			Scheme:   scheme,
			Recorder: &record.FakeRecorder{},
			Renderer: &utils.Render{},
			Generators: generators.GetGenerators(
				ctx, api, kube, asked.Namespace, files, nil, generators.NewSCMConfig("", nil, false, false, nil, false), informer,
			),
			ArgoDB:               argodb,
			ArgoCDNamespace:      asked.Namespace,
			KubeClientset:        kube,
			Policy:               v1alpha1.ApplicationsSyncPolicySync,
			EnablePolicyOverride: true,
			Metrics:              metrics.NewFakeAppsetMetrics(),
			ClusterInformer:      informer,
		},
		synced: map[string]string{},
	}, nil
}

func ownMeta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app.kubernetes.io/part-of": "argocd"}}
}

// ownerName is what Argo CD finds the Applications of an ApplicationSet by.
func ownerName(object client.Object) []string {
	if owner := metav1.GetControllerOf(object); owner != nil && owner.Kind == "ApplicationSet" {
		return []string{owner.Name}
	}
	return nil
}

// apply does what `kubectl apply` of one of Argo CD's own objects does, and refuses fields that its types do not have.
func (h *hub) apply(ctx context.Context, object *unstructured.Unstructured) error {
	typed, known := map[string]any{
		"Application":    &v1alpha1.Application{},
		"ApplicationSet": &v1alpha1.ApplicationSet{},
		"AppProject":     &v1alpha1.AppProject{},
	}[object.GetKind()]
	if !known {
		return nil
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, typed, true); err != nil {
		return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
	}
	found := &unstructured.Unstructured{}
	found.SetGroupVersionKind(object.GroupVersionKind())
	err := h.client.Get(ctx, client.ObjectKeyFromObject(object), found)
	if apierrors.IsNotFound(err) {
		created := object.DeepCopy()
		created.SetUID(types.UID(object.GetKind() + "/" + object.GetName()))
		return h.client.Create(ctx, created)
	}
	if err != nil {
		return err
	}
	found.SetLabels(object.GetLabels())
	found.SetAnnotations(object.GetAnnotations())
	found.SetFinalizers(object.GetFinalizers())
	found.Object["spec"] = object.DeepCopy().Object["spec"]
	return h.client.Update(ctx, found)
}
