/**
 * Runs a command in a container, with the workspace as the working directory. Without an image, runs it on the agent.
 *
 * @param image Image by tag or digest; null for none.
 * @param command Command for `sh -e`, from the Jenkinsfile.
 * @param variables Environment of the command. A container gets no other variables of the agent.
 * @param network `host` if the command needs the network of the agent. Default: no access to its addresses.
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
  // Pass both in the environment, so that the shell of the agent does not interpret them.
  withEnv(environment + ["IN_CONTAINER_IMAGE=${image}".toString(), "IN_CONTAINER_COMMAND=${command}".toString()]) {
    sh(
      script: 'podman run --rm --init --security-opt=no-new-privileges --cap-drop=all --userns=keep-id' +
        options + ' --volume "$PWD:/work:z" --workdir /work --env=HOME=/tmp --env=CI=true' +
        ' --entrypoint=sh "$IN_CONTAINER_IMAGE" -ec "$IN_CONTAINER_COMMAND"',
      label: command
    )
  }
}
