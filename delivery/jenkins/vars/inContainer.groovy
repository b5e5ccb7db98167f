/**
 * Runs a command in a container, with the workspace as its working directory. Without an image, on the agent itself.
 *
 * @param image By tag or digest; null for none.
 * @param command For `sh -e`; comes from the Jenkinsfile.
 * @param variables What the command finds in its environment. In a container it sees nothing else of the agent's.
 * @param network `host` where it has to reach what the agent reaches. Default: none of the agent's own addresses.
 */
def call(String image, String command, Map variables = [:], String network = null) {
  List environment = []
  String options = network == null ? '' : " --network=${network}"
  for (String name in variables.keySet()) {
    environment += "${name}=${variables[name]}".toString()
    options += " --env=${name}"
  }
  if (image == null) {
    withEnv(environment) { sh(script: command, label: command) }
    return
  }
  // Handed over by the environment: the agent's shell interprets neither.
  withEnv(environment + ["IN_CONTAINER_IMAGE=${image}".toString(), "IN_CONTAINER_COMMAND=${command}".toString()]) {
    sh(
      script: 'podman run --rm --init --security-opt=no-new-privileges --cap-drop=all --userns=keep-id' +
        options + ' --volume "$PWD:/work:z" --workdir /work --env=HOME=/tmp --env=CI=true --entrypoint=sh "$IN_CONTAINER_IMAGE" -ec "$IN_CONTAINER_COMMAND"',
      label: command
    )
  }
}
